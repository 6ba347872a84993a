"""Data Docs of Great Expectations as pages that open anywhere: from a folder, without a network, in light and dark.

As Great Expectations writes them they fetch Bootstrap, jQuery and Font Awesome from five hosts; without these the index is empty and no
result shows whether it passed (both are drawn by scripts and icon fonts), and with them every reader's browser tells third parties what it
opens. So the pages keep their text and lose scripts, remote links and the advertisement at the foot; a small stylesheet takes their place,
and the index is ours.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from html import escape
from pathlib import Path

from expectations.runner import CheckResult, Runner

_DROPPED = re.compile(
    r"<script\b[^>]*>.*?</script>|<footer\b[^>]*>.*?</footer>|<link\b[^>]*href=\"https?:[^>]*>|<img\b[^>]*src=\"https?:[^>]*>", re.DOTALL
)
_MARKS = {"passed": ("✓ đạt", "ok"), "failed": ("✗ không đạt", "bad"), "broken": ("✗ không chạy được", "bad")}

STYLE = f"<style>\n{(Path(__file__).parent / 'templates' / 'data_docs.css').read_text(encoding='utf-8')}</style>"


def write(runner: Runner, folder: Path, layer: str, results: Sequence[CheckResult]) -> None:
    """Pages of everything that was run, in the place of those of the build before; whole or not at all."""
    part = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(part, ignore_errors=True)
    runner.build_docs(str(part))
    for page in part.rglob("*.html"):
        page.write_text(offline(page.read_text(encoding="utf-8")), encoding="utf-8")
    (part / "index.html").write_text(index(part, layer, results), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    part.replace(folder)


def offline(page: str) -> str:
    """A page that needs nothing from elsewhere."""
    return _DROPPED.sub("", page).replace("</head>", f"{STYLE}\n</head>", 1)


def index(folder: Path, layer: str, results: Sequence[CheckResult]) -> str:
    """The suites of one layer with their checks, each leading to its page; those with failures first."""
    suites: dict[str, list[CheckResult]] = {}
    for result in results:
        suites.setdefault(result.suite.suite, []).append(result)
    sections = []
    for name, found in sorted(suites.items(), key=lambda item: (all(r.status == "passed" for r in item[1]), item[0])):
        pages = sorted((folder / "validations" / layer / name).rglob("*.html"))
        title = f'<a href="{pages[-1].relative_to(folder).as_posix()}">{escape(name)}</a>' if pages else escape(name)
        rows = "".join(_row(r) for r in sorted(found, key=lambda r: r.status == "passed"))
        passed = sum(r.status == "passed" for r in found)
        about = f"{escape(found[0].suite.table)} · {passed}/{len(found)} đạt · passed"
        sections.append(f'<h4>{title} <span class="mute">{about}</span></h4><table>{rows}</table>')
    return (
        '<!doctype html>\n<html lang="vi"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Data Docs: {escape(layer)}</title>{STYLE}</head><body>"
        f'<h1>Data Docs · {"dữ liệu gốc" if layer == "raw" else "kho"}</h1><p class="lead">Kết quả của lần kiểm định gần nhất, do Great '
        'Expectations ghi. Results of the newest audit. <a href="../../status.html">Trang tình trạng · status page</a></p>'
        f"{''.join(sections)}</body></html>\n"
    )


def _row(result: CheckResult) -> str:
    mark, colour = _MARKS[result.status]
    return (
        f'<tr><td class="{colour}" style="white-space:nowrap">{mark}</td><td>{escape(result.check.says)}<br><span class="mute">'
        f'{escape(result.check.says_en)}</span></td><td class="n">{escape(result.message or result.observed)}</td></tr>'
    )
