"""A small world of portals that change at random: what the tests of incremental builds load, step by step.

Few areas, indicators and years, so that articles meet each other's series, contradict each other, copy each other and are parts of each
other's wholes. Everything comes from one seeded generator.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
from samples import Names, Piece, Says, claims_of, run_of, write_lake, write_reading

from muctieu.lake import Lake
from muctieu.records import Rejected, Run, stable_id

AREAS = (
    ("Huyện Bình Liêu, Tỉnh Quảng Ninh", "198"),
    ("Tỉnh Lạng Sơn", "20"),
    ("Tỉnh Quảng Nam", "49"),
    ("Cụm xã Thượng Nguồn", None),
    ("cụm xã thượng nguồn", None),
)
INDICATORS = ("ocop.product.certified", "ocop.product.three_star", "poverty.household.poor", "poverty.rate.poor", "ntm.commune.certified")
PAPERS = ("12/KH-UBND", "263/QĐ-TTg", "07/NQ-HĐND", None, None)
QUALIFIERS = (None, None, None, "dân tộc thiểu số", "Dân tộc thiểu số")
START = datetime(2026, 1, 10, 1, tzinfo=UTC)


@dataclass
class World:
    """What the portals have published so far, and what the warehouse was told about it."""

    lake: Lake
    warehouse: Path
    corrections: Path
    random: random.Random
    pieces: dict[str, list[Piece]] = field(default_factory=dict)  # url -> versions, oldest first
    readings: dict[str, str] = field(default_factory=dict)  # version_id -> extractor version that read it last
    step: int = 0
    clock: datetime = START
    done: list[str] = field(default_factory=list)  # what happened, for the message of a failing test

    # --- things that happen; each takes one step of the lake or of the warehouse ---

    def news(self, count: int = 4, *, late: bool = False) -> None:
        """New articles; `late` ones were published years ago."""
        pieces = [self._piece(late) for _ in range(count)]
        for piece in pieces:
            self.pieces[piece.url] = [piece]
        self._write(pieces)

    def copies(self) -> None:
        """Releases of one portal on another one: the same story, and sometimes an article that moves into another's story."""
        original = self._latest()
        copy = replace(
            original, url=f"{original.url}-copy{self.step}", portal="baosao", story=self._story(original), fetched=self._fetched()
        )
        if original.published and self.random.random() < 0.5:  # the day after, and so its "đến nay" is of the day after
            today = original.published[:10]
            later = str(date.fromisoformat(today) + timedelta(days=1))
            says = tuple(replace(s, as_of=later) if s.as_of == today else s for s in copy.says)
            copy = replace(copy, published=original.published.replace(today, later), says=says)
        self.pieces[copy.url] = [copy]
        self._write([copy])

    def moves(self) -> None:
        """An edited article that is now taken for a copy of another one."""
        piece, other = self._latest(), self._latest()
        self._edition(replace(piece, story=self._story(other), body=f"{piece.body} Bản {self.step}."))

    def edits(self) -> None:
        """Another figure in an article, and another number of figures."""
        piece = self._latest()
        says = tuple(self._says(piece.published or "2024-01-01") for _ in range(self.random.randint(0, 3)))
        self._edition(replace(piece, body=self._body(says), says=says, cites=self._cites(says, piece.published or "2024")))

    def takes_back(self) -> None:
        """The oldest version of an edited article is online again."""
        edited = [versions for versions in self.pieces.values() if len(versions) > 1]
        if edited:
            self._edition(self.random.choice(edited)[0])

    def takes_down(self) -> None:
        """A portal that has an article no more."""
        piece = self._latest()
        run_id = f"{piece.portal}-down{self.step}"
        gone = Rejected(
            rejected_id=stable_id("article", piece.version_id, "taken_down", run_id),
            run_id=run_id,
            portal_id=piece.portal,
            layer="article",
            source_id=piece.version_id,
            rule="taken_down",
            reason="Cổng trả lời không tìm thấy bài.",
            evidence="HTTP 404",
            url=piece.url,
            rejected_at=self._tick(),
        )
        self.lake.write_rows(f"rejected/portal={piece.portal}/{run_id}.parquet", Rejected, [gone])
        self.lake.write_rows(f"runs/portal={piece.portal}/{run_id}.parquet", Run, [run_of(piece.portal, run_id, [piece])])

    def reads_anew(self) -> None:
        """Another extractor version reads some articles, and one figure of each differently."""
        versions = [version for editions in self.pieces.values() for version in editions]
        chosen = {p.version_id: p for p in self.random.sample(versions, min(3, len(versions)))}
        read = [replace(p, says=p.says[1:] if self.random.random() < 0.5 else p.says) for p in chosen.values()]
        write_reading(self.lake, read, run=f"again{self.step}", extractor=f"2.0.{self.step}-sample")

    def holds_back(self) -> None:
        """The audit quarantines a claim, a citation, a milestone or a whole article version."""
        table, key = self.random.choice(
            [
                ("article", "version_id"),
                ("claim", "claim_id"),
                ("claim", "claim_id"),
                ("citation", "citation_id"),
                ("milestone", "milestone_id"),
            ]
        )
        with duckdb.connect(str(self.warehouse)) as connection:
            found = connection.execute(f"select distinct {key} from raw.{table} order by 1").fetchall()
            if found:
                connection.execute(
                    "insert into ops.quarantine (quarantine_id, source_table, source_id, rule, severity, reason_vi, reason_en, "
                    "quarantined_at) values (?, ?, ?, 'test', 'warning', 'lý do', 'reason', now())",
                    [f"q{self.step}", f"raw.{table}", self.random.choice(found)[0]],
                )

    def releases(self) -> None:
        """Somebody looked at what was held back and lets the oldest go."""
        with duckdb.connect(str(self.warehouse)) as connection:
            connection.execute(
                "update ops.quarantine set decision = 'released', decided_at = now() where quarantine_id = "
                "(select min(quarantine_id) from ops.quarantine where decision is null)"
            )

    def corrects(self) -> None:
        """A correction of one claim, or of an indicator, area and day, is added; or the oldest one is taken out again."""
        with self.corrections.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            names, rows = list(reader.fieldnames or []), list(reader)
        if rows and self.random.random() < 0.3:
            rows = rows[1:]
        else:
            piece = self._latest()
            for says, claim in list(zip(piece.says, claims_of(piece), strict=True))[:1]:
                row = dict.fromkeys(names, "") | {
                    "correction_id": f"c{self.step}",
                    "kind": says.kind,
                    "action": self.random.choice(["override", "drop", "flag"]),
                    "new_value": str(says.value + 5),
                    "expect_value": str(says.value),
                    "reason": "test",
                    "author": "test",
                    "decided_on": "2026-01-01",
                }
                whole_place = claim.area_code is not None and says.as_of is not None and self.random.random() < 0.5
                about = {"indicator": says.indicator, "area_code": str(claim.area_code), "as_of": str(says.as_of)}
                rows.append(row | (about if whole_place else {"claim_id": claim.claim_id}))
        with self.corrections.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, names)
            writer.writeheader()
            writer.writerows(rows)

    EVENTS = ("copies", "moves", "edits", "takes_back", "takes_down", "reads_anew", "holds_back", "releases", "corrects")

    def happens(self, *names: str) -> None:
        """These events, one after the other."""
        for name in names:
            self.step += 1
            self.done.append(name)
            getattr(self, name)()

    # --- how it is written ---

    def _write(self, pieces: list[Piece]) -> None:
        write_lake(self.lake, pieces, run=f"s{self.step}")

    def _edition(self, piece: Piece) -> None:
        version = replace(piece, fetched=self._fetched())
        self.pieces[version.url].append(version)
        self._write([version])

    def _latest(self) -> Piece:
        return self.random.choice(list(self.pieces.values()))[-1]

    def _story(self, piece: Piece) -> str:
        return piece.story or stable_id("story", piece.article_id)

    def _tick(self) -> datetime:
        self.clock += timedelta(minutes=7)
        return self.clock

    def _fetched(self) -> str:
        return self._tick().strftime("%Y-%m-%dT%H:%M:%S")

    def _piece(self, late: bool) -> Piece:
        area, code = self.random.choice(AREAS)
        published = f"{self.random.randint(2016, 2019) if late else self.random.randint(2023, 2025)}-{self.random.randint(1, 12):02}-15"
        says = tuple(self._says(published) for _ in range(self.random.randint(0, 4)))
        cites = self._cites(says, published)
        number = len(self.pieces)
        names = (
            Names("Tin", "achievement", INDICATORS[-1], "Xã Lục Hồn, Huyện Bình Liêu, Tỉnh Quảng Ninh", "06838", f"{published[:4]}-12-31"),
        )
        return Piece(
            url=f"https://{code or 'x'}.example.vn/tin/{number}-{self.step}",
            title=f"Tin {number}",
            body=self._body(says),
            published=published,
            says=says,
            cites=cites,
            names=names if self.random.random() < 0.3 else (),
            portal=f"cong{code or 'x'}",
            area=area,
            area_code=code,
            fetched=self._fetched(),
        )

    def _says(self, published: str) -> Says:
        kind = self.random.choice(("target", "achievement", "achievement"))
        indicator = self.random.choice(INDICATORS)
        measure = self.random.choice(("level", "level", "level", "change", "relative_change", "plan_share"))
        if measure == "plan_share":
            kind = "achievement"
        value = float(self.random.choice((3, 12, 40, 41, 85, 130)))
        year = int(published[:4])
        as_of = self.random.choice((f"{year}-12-31", f"{year - 1}-12-31", f"{year}-06-30", "2025-12-31", published[:10]))
        return Says(
            evidence=f"{value:.0f} {indicator} {measure} {kind} {self.random.randint(0, 10**9)}",
            kind=kind,
            indicator=indicator,
            value=value,
            as_of=as_of,
            measure=measure,
            op=self.random.choice(("eq", "eq", "approx", "ge")),
            denominator=200.0 if measure == "level" and not indicator.startswith("poverty.rate") and self.random.random() < 0.3 else None,
            qualifier=self.random.choice(QUALIFIERS),
            document_number=self.random.choice(PAPERS),
            per_year=measure == "change" and kind == "target" and self.random.random() < 0.5,
        )

    def _cites(self, says: tuple[Says, ...], published: str) -> tuple[tuple[str, None, None, str], ...]:
        papers = sorted({s.document_number for s in says if s.document_number})
        return tuple((paper, None, None, f"{published[:4]}-01-05") for paper in papers)

    def _body(self, says: tuple[Says, ...]) -> str:
        """Neighbours share a sentence, as "N households, P % of the plan" do."""
        parts = [f"{s.evidence} theo {s.document_number}" if s.document_number else s.evidence for s in says]
        return f"Tin số {self.step}. " + "; ".join(parts) + "."
