"""Counts and digests of sets of entries, by cell: pure sums, so that any state of the log can be worked out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.feed.rules import MODULUS, SLOTS, bucket_of
from service.feed.values import Tally
from service.feed.views import PlaceTally

Cells = Mapping[str, Tally]


def cells_at(cells: Cells, rows: Iterable[Any]) -> dict[str, Tally]:
    """The cells after rows (`sign`, `kind`, `city_code`, `state`, `slot`, `digest`) are put in or taken out."""
    sums: dict[str, list[int]] = {cell: [tally.count, tally.total] for cell, tally in cells.items()}
    for row in rows:
        sign, amount = row["sign"], row["sign"] * int.from_bytes(row["digest"])
        for cell in (place_cell(row["kind"], row["city_code"], row["state"]), slot_cell(row["slot"])):
            pair = sums.setdefault(cell, [0, 0])
            pair[0] += sign
            pair[1] += amount
    return {cell: Tally(count, total % MODULUS) for cell, (count, total) in sums.items() if count}


def place_cell(kind: str, city_code: str, state: str) -> str:
    """The cell of a kind in a city in a state."""
    return f"place/{kind}/{city_code}/{state}"


def slot_cell(slot: int) -> str:
    """The cell of a slot."""
    return f"slot/{slot}"


def whole(cells: Cells) -> Tally:
    """Everything."""
    return _sum(tally for cell, tally in cells.items() if cell.startswith("slot/"))


def by_place(cells: Cells) -> list[PlaceTally]:
    """Kind, city and state, in this order."""
    found = sorted((cell, tally) for cell, tally in cells.items() if cell.startswith("place/"))
    named = ((cell.split("/")[1:], tally) for cell, tally in found)
    return [PlaceTally(kind, city, state, tally) for (kind, city, state), tally in named]


def by_bucket(cells: Cells) -> list[tuple[str, Tally]]:
    """Buckets that are not empty, in their order."""
    return sorted(_grouped(cells, bucket_of).items())


def by_part(cells: Cells, parts: int) -> list[Tally]:
    """Each part of a snapshot, empty ones too."""
    found = _grouped(cells, lambda slot: slot // (SLOTS // parts))
    return [found.get(part, Tally()) for part in range(parts)]


def _grouped(cells: Cells, group: Callable[[int], Any]) -> dict[Any, Tally]:
    groups: dict[Any, list[Tally]] = defaultdict(list)
    for cell, tally in cells.items():
        if cell.startswith("slot/"):
            groups[group(int(cell.removeprefix("slot/")))].append(tally)
    return {name: _sum(tallies) for name, tallies in groups.items()}


def _sum(tallies: Iterable[Tally]) -> Tally:
    count = total = 0
    for tally in tallies:
        count, total = count + tally.count, total + tally.total
    return Tally(count, total % MODULUS)
