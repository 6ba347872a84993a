"""A portal on loopback for measurements: every page is in memory, one process and one event loop, so it costs the client nothing.

python scraping_server.py PAGES.json      {"path": "text of the page"}; prints its port and serves until its standard input ends
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from pathlib import Path


async def serve(pages: dict[str, bytes]) -> None:
    """Serve the pages; ends when whoever started it closes our standard input, or dies."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = pages.get(head.split(b" ", 2)[1].decode())
                status = b"200 OK" if body is not None else b"404 Not Found"
                body = body or b"404"
                writer.write(b"HTTP/1.1 %s\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n" % (status, len(body)))
                writer.write(body)
                await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve({path: text.encode() for path, text in json.loads(Path(sys.argv[1]).read_text("utf-8")).items()}))
