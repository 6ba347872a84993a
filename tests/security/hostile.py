"""A hostile portal: articles whose titles, sentences and authors are markup, and pages that are broken in every way that bytes can be."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from demo.breakages import Asked, Breakage
from demo.content import Article
from demo.render import Response

CANARY = "khongduocchay"  # whoever finds this in a place where it would run has found a hole
# as text, as a careless page prints it: quotes that end attributes, tags that end script blocks, templates, formulas, terminals, bidi
PAYLOADS = (
    f'<img src=x onerror={CANARY}(1)>',
    f'</script><script>{CANARY}(2)</script>',
    f'"><svg/onload={CANARY}(3)>',
    f"' onmouseover='{CANARY}(4)",
    f"<!--<script>{CANARY}(5)//-->",
    f"{{{{ {CANARY}(6) }}}}{{% raw %}}",
    f"javascript:{CANARY}(7)",
    f"</title></textarea></style><iframe srcdoc='<script>{CANARY}(8)</script>'>",
    f"]]>&lt;script&gt;{CANARY}(9)&lt;/script&gt;",
    f'=HYPERLINK("http://x/?{CANARY}","bấm")',
    f"\\u003cscript\\u003e{CANARY}(10)\\u003c/script\\u003e",
    f"[red]{CANARY}[/red] [link=file:///etc/passwd]x[/link]",
    "\u202egnourt gnonk hnaht\u202c \ufeff\u2028 \x07 \x1b[2J",
    f"'); drop table marts.fct_claim; --{CANARY}",
    f"<math><mtext></form><form><mglyph><style></math><img src onerror={CANARY}(11)>",
)  # fmt: skip


def hostile_articles(articles: Sequence[Article]) -> list[Article]:
    """The same articles with markup in every text that a page can have; their figures stay readable."""
    result = []
    for number, article in enumerate(articles):
        one, two = PAYLOADS[number % len(PAYLOADS)], PAYLOADS[(number * 7 + 3) % len(PAYLOADS)]
        body = tuple(f"{block} {one}" if "|" not in block and "\n" not in block else block for block in article.body)
        result.append(
            article.model_copy(
                update={"title": f"{article.title} {one}", "author": f"{two}", "summary": f"{article.summary or ''} {two}", "body": body}
            )
        )
    return result


def breaking(seed: int, share: float, footer: str) -> Breakage:
    """Raw markup in every page, `footer` at its end, and a share of the article pages broken on their way."""
    chance = random.Random(seed)

    def respond(response: Response, asked: Asked) -> Response:
        if asked.target is None or "html" not in response.headers.get("Content-Type", ""):
            return response
        raw = f"<script>{CANARY}('raw')</script><img src=x onerror={CANARY}('raw')><a href='javascript:{CANARY}()'>x</a>"
        body = response.body.replace(b"</p>", raw.encode() + b"</p>").replace(b"</body>", footer.encode() + b"</body>")
        if asked.target.view == "article" and chance.random() < share:
            body = chance.choice(MUTATIONS)(body, chance)
        return replace(response, body=body)

    return Breakage("hostile", "markup everywhere, broken bytes", respond=respond)


def _cut(body: bytes, chance: random.Random) -> bytes:
    return body[: chance.randrange(len(body))]


def _flip(body: bytes, chance: random.Random) -> bytes:
    data = bytearray(body)
    for _ in range(200):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def _shuffle(body: bytes, chance: random.Random) -> bytes:
    tags = body.split(b"<")
    for _ in range(50):
        a, b = chance.randrange(len(tags)), chance.randrange(len(tags))
        tags[a], tags[b] = tags[b], tags[a]
    return b"<".join(tags)


def _deep(body: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    return body.replace(b"<body", b"<div>" * 20_000 + b"<body", 1)


def _long(body: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    return body.replace(b"<p", b"<p title='" + b"a" * 2_000_000 + b"'", 1)


def _zeros(body: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    return body.replace(b" ", b"\0")


def _entities(body: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>&b;&f;'
    return bomb + body


def _numbers(body: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    return body.replace(b"1", b"9" * 400).replace(b"2", "٣".encode())


def _charset(body: bytes, chance: random.Random) -> bytes:  # noqa: ARG001
    return body.decode("utf-8").encode("utf-16")


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    _cut, _flip, _shuffle, _deep, _long, _zeros, _entities, _numbers, _charset,
)  # fmt: skip
