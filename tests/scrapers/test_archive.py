"""The archive: what other tools read of it, what is read back, and what remains of a file that was cut off."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muctieu.lake import Lake
from scrapers.archive import ArchiveError, ArchiveWriter, Note, archive_path, iter_pages, part_name, read_page, recover, spool_folder
from scrapers.fetch import Exchange
from scrapers.page import ListedLink, NextPage

AT = datetime(2026, 9, 5, 3, 0, 0, 123456, tzinfo=UTC)
RUN = "test-portal-20260905T030000-abcd"
PAGE = "<p>Tỷ lệ hộ nghèo còn 3,5%</p>".encode()


def exchange(body: bytes = PAGE, status: int = 200, url: str = "http://portal.test/bai/1?x=1", **headers: str) -> Exchange:
    given = {"Content-Type": "text/html; charset=utf-8", **{k.replace("_", "-").title(): v for k, v in headers.items()}}
    return Exchange(url, "GET", (("User-Agent", "muctieu-test/1"),), b"", status, "OK", tuple(given.items()), body, AT)


def note(capture_id: str = "c1", **changes: object) -> Note:
    values: dict[str, object] = {
        "capture_id": capture_id,
        "role": "article",
        "outcome": "ok",
        "request": NextPage("http://portal.test/bai/1?x=1"),
        "final_url": "http://portal.test/bai/1?x=1",
        "fetched_at": AT,
        "elapsed_s": 0.25,
    }
    return Note(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(str(tmp_path / "lake"))


def writer(lake: Lake) -> ArchiveWriter:
    return ArchiveWriter(lake, "test-portal", RUN, spool_folder(lake, "test-portal"))


def test_a_page_is_read_back_as_it_came(lake: Lake) -> None:
    archive = writer(lake)
    first = archive.write([exchange()], note("c1"))
    second = archive.write([exchange("khác".encode())], note("c2"))
    assert archive.finish() == archive_path("test-portal", RUN)
    assert first is not None
    assert second is not None
    page = read_page(lake, *second)
    assert page.page.decode() == "khác"
    assert page.note == note("c2")
    assert read_page(lake, *first).page.body == PAGE
    assert [p.note.capture_id for p in iter_pages(lake, archive.path) if p.note] == ["c1", "c2"]


def test_what_the_listing_said_and_how_it_was_asked_is_kept(lake: Lake) -> None:
    listed = ListedLink("http://portal.test/bai/1", "Tiêu đề “lạ”", AT, "05/09/2026", "tóm tắt\nhai dòng")
    request = NextPage(
        "http://portal.test/api", "POST", (("DataIds[]", "1"), ("DataIds[]", "2")), None, (("X-Requested-With", "XMLHttpRequest"),)
    )
    given = note(listed=listed, listed_basis="feed", request=request, source="http://portal.test/rss")
    archive = writer(lake)
    archive.write([exchange()], given)
    archive.finish()
    (page,) = iter_pages(lake, archive.path)
    assert page.note == given
    assert page.page.request == request


@pytest.mark.parametrize(("encoding", "encode"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_bodies_stay_encoded_in_the_archive_and_come_back_decoded(lake: Lake, encoding: str, encode: object) -> None:
    archive = writer(lake)
    archive.write([exchange(encode(PAGE), content_encoding=encoding)], note())  # type: ignore[operator]
    archive.finish()
    (page,) = iter_pages(lake, archive.path)
    assert page.page.body == PAGE


def test_chunks_are_not_stored_and_the_header_does_not_claim_them(lake: Lake) -> None:
    archive = writer(lake)
    archive.write([exchange(transfer_encoding="chunked")], note())
    archive.finish()
    (page,) = iter_pages(lake, archive.path)
    assert page.page.body == PAGE
    assert "transfer-encoding" not in page.page.headers
    assert page.page.headers["content-length"] == str(len(PAGE))


def test_redirects_and_failed_attempts_are_archived_beside_the_answer(lake: Lake) -> None:
    archive = writer(lake)
    place = archive.write([exchange(b"", 503), exchange(b"moved", 302), exchange()], note())
    archive.finish()
    assert place is not None
    pages = list(iter_pages(lake, archive.path))
    assert [p.page.status for p in pages] == [200]
    assert read_page(lake, *place).page.body == PAGE
    text = gzip.decompress(lake.read(archive.path)).decode()
    assert text.count("WARC-Type: response") == 3
    assert text.count("WARC-Type: request") == 3


def test_a_304_is_a_revisit_record(lake: Lake) -> None:
    archive = writer(lake)
    archive.write([exchange(b"", 304)], note(outcome="not_modified"))
    archive.finish()
    assert "WARC-Type: revisit" in gzip.decompress(lake.read(archive.path)).decode()
    (page,) = iter_pages(lake, archive.path)
    assert (page.page.status, page.page.body) == (304, b"")


def test_other_tools_accept_the_file(lake: Lake) -> None:
    archive = writer(lake)
    archive.write([exchange(b"", 302), exchange(gzip.compress(PAGE), content_encoding="gzip")], note())
    archive.write([exchange(b"", 304)], note("c2", outcome="not_modified"))
    archive.write([Exchange("http://portal.test/api", "POST", (), b"k=v", 200, "", (("Content-Type", "text/html"),), PAGE, AT)], note("c3"))
    archive.finish()
    path = lake.full(archive.path)
    checked = subprocess.run(
        [str(Path(sys.executable).parent / "warcio"), "check", "-v", path], capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "digest pass" in checked.stdout
    assert "fail" not in checked.stdout
    names = {name for name, _ in read_independently(path)}
    assert names == {"warcinfo", "response", "request", "revisit"}


def test_an_independent_reader_finds_every_record(lake: Lake) -> None:
    """A reader of a dozen lines, written from the WARC 1.1 standard alone."""
    archive = writer(lake)
    for n in range(5):
        archive.write([exchange(f"trang {n}".encode())], note(f"c{n}"))
    archive.finish()
    records = read_independently(lake.full(archive.path))
    assert [b.rpartition(b"\r\n\r\n")[2].decode() for kind, b in records if kind == "response"] == [f"trang {n}" for n in range(5)]


def read_independently(path: str) -> list[tuple[str, bytes]]:
    data, found = gzip.decompress(Path(path).read_bytes()), []
    while data:
        head, _, rest = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        fields = {k.lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}
        length = int(fields["content-length"])
        assert first == "WARC/1.1"
        assert rest[length : length + 4] == b"\r\n\r\n"
        found.append((fields["warc-type"], rest[:length]))
        data = rest[length + 4 :]
    return found


def test_an_archive_without_captures_leaves_nothing(lake: Lake) -> None:
    archive = writer(lake)
    assert archive.write([], note()) is None
    assert archive.finish() is None
    assert lake.list("captures", "") == []


def test_nothing_is_visible_before_the_end(lake: Lake) -> None:
    archive = writer(lake)
    archive.write([exchange()], note())
    assert lake.list("captures", "") == []
    archive.finish()
    assert lake.list("captures", "") == [archive.path]


@given(cut=st.floats(0, 1), junk=st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_row41_whatever_a_kill_left_the_whole_records_come_back(tmp_path_factory: pytest.TempPathFactory, cut: float, junk: bytes) -> None:
    lake = Lake(str(tmp_path_factory.mktemp("lake")))
    archive = writer(lake)
    ends = []
    for n in range(4):
        archive.write([exchange(f"trang {n} ".encode() * 50)], note(f"c{n}"))
        assert archive._file is not None
        ends.append(archive._file.tell())
    assert archive._file is not None
    archive._file.close()
    spool = spool_folder(lake, "test-portal")
    part = spool / part_name(RUN)
    whole = part.read_bytes()
    part.write_bytes(whole[: int(cut * len(whole))] + junk)
    recovered = recover(lake, "test-portal", spool)
    assert not part.exists()
    if not recovered:
        assert int(cut * len(whole)) < ends[0]
        return
    got = [p.note.capture_id for p in iter_pages(lake, archive_path("test-portal", RUN)) if p.note]
    surely = sum(end <= int(cut * len(whole)) for end in ends)
    assert got[:surely] == [f"c{n}" for n in range(surely)]
    assert got == [f"c{n}" for n in range(len(got))]


def test_a_lake_that_is_not_local_gets_the_file_when_it_is_whole(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    lake = Lake("memory://muctieu-archive-test")
    spool = spool_folder(lake, "test-portal")
    assert str(spool).startswith(str(tmp_path))
    archive = ArchiveWriter(lake, "test-portal", RUN, spool)
    archive.write([exchange()], note())
    archive.finish()
    assert lake.list("captures", ".warc.gz") == [archive.path]
    assert [p.page.body for p in iter_pages(lake, archive.path)] == [PAGE]
    assert list(spool.glob(".part-*")) == []


def test_a_place_without_a_record_is_an_error(lake: Lake) -> None:
    archive = writer(lake)
    place = archive.write([exchange()], note())
    archive.finish()
    assert place is not None
    size = len(lake.read(archive.path))
    with pytest.raises(ArchiveError):
        read_page(lake, archive.path, size)
