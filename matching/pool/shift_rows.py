"""Rows of shifts with their needs: the other side of a question, one shift or a hundred thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from matching.errors import InvalidInput
from matching.model import Shift, SkillNeed
from matching.pool.arena import Arena
from matching.pool.compiled import Array
from matching.pool.intern import Words
from matching.pool.jobs import Job, Roled, encode_shift
from matching.pool.layout import NEED, REQUIRED, SHIFT, TRADE


class ShiftRows:
    """Columns by slot; needs that are the same are kept once, as rows of a table of nearness to come."""

    def __init__(self) -> None:
        self.rows: Array = np.zeros(0, SHIFT)
        self.detail, self.needs = Arena(np.int64), Arena(NEED)
        self.need_list: list[SkillNeed] = []
        self._need_rows: dict[tuple[str | None, tuple[str, ...]], int] = {}
        self.size = 0
        self.arrays: tuple[Array, ...] = ()
        self.gather()

    def gather(self) -> None:
        self.arrays = (self.rows, self.detail.words, self.needs.words)

    @classmethod
    def of(cls, shifts: Iterable[Shift], papers: Words, units: Words, *, grow: bool = False) -> ShiftRows:
        """Rows in the order given."""
        rows = cls()
        for shift in shifts:
            rows.put(rows.size, encode_shift(shift, papers, units, grow=grow))
        return rows

    @classmethod
    def from_columns(
        cls,
        *,
        needs: Sequence[SkillNeed],
        need_ptr: Array,
        need_index: Array,
        need_level: Array,
        start: Array,
        end: Array,
        lat_e6: Array,
        lon_e6: Array,
    ) -> ShiftRows:
        """Dated, open shifts from columns: required needs by number into `needs`, minutes, millionths of a degree."""
        rows = cls()
        count = len(start)
        rows.rows = np.zeros(count, SHIFT)
        for name, column in (("start", start), ("end", end), ("lat", lat_e6), ("lon", lon_e6)):
            rows.rows[name] = column
        check_columns(start, end, lat_e6, lon_e6)
        template = encode_shift(_BLANK, Words(), Words()).row
        for name in ("flags", "needed", "limit", "employer_rel"):
            rows.rows[name] = template[name]
        rows.rows["id_lo"] = np.arange(count)
        rows.rows["detail"] = -1
        numbers = np.array([rows.need_row(need) for need in needs], np.int64)
        table = np.zeros(len(need_index), NEED)
        table["row"], table["level"], table["role"] = numbers[need_index], need_level, REQUIRED
        rows.rows["needs"], rows.rows["n_needs"] = need_ptr[:-1], np.diff(need_ptr)
        rows.needs.store(table)
        rows.size = count
        rows.gather()
        return rows

    def need_row(self, need: SkillNeed) -> int:
        """The number of a need; its least level does not matter here."""
        key = (need.code, need.names)
        found = self._need_rows.get(key)
        if found is None:
            found = self._need_rows[key] = len(self.need_list)
            self.need_list.append(need)
        return found

    def put(self, slot: int, job: Job) -> None:
        """Write one shift into a slot, the next one or one in use."""
        if slot >= len(self.rows):
            grown = np.zeros(slot + 1 + len(self.rows) // 4, SHIFT)
            grown[: len(self.rows)] = self.rows
            self.rows = grown
        row = self.rows[slot]
        used = slot < self.size
        room = int(row["n_needs"]) if used else 0
        old = int(row["needs"]) if used else -1
        at = int(row["detail"]) if used else -1
        for name, value in job.row.items():
            row[name] = value
        entries = [(self.need_row(need), need.min_level, role) for role, need in job.needs]
        self.needs.waste(max(0, room - len(entries)))
        row["needs"] = self.needs.store(np.array(entries, NEED), old, room)
        row["n_needs"] = len(entries)
        row["detail"] = self._stored(job.detail, at)
        self.size = max(self.size, slot + 1)
        self.gather()

    def pack(self) -> None:
        """Close the holes that changes have left, where they are more than half."""
        rows = self.rows[: self.size]
        if self.needs.is_worth_packing:
            rows["needs"] = self.needs.pack(rows["needs"], rows["n_needs"])
        if self.detail.is_worth_packing:
            has = np.flatnonzero(rows["detail"] >= 0)
            at = rows["detail"][has]
            rows["detail"][has] = self.detail.pack(at, self.detail.words[at])
        self.gather()

    def _stored(self, detail: Sequence[int], at: int) -> int:
        """Write a record over its old place when that has room, which its first word then keeps."""
        room = int(self.detail.words[at]) if at >= 0 else 0
        if not detail:
            self.detail.waste(room)
            return -1
        place = self.detail.store(detail, at, room)
        if place == at:
            self.detail.words[at] = room
        return place

    def roled(self, slot: int) -> tuple[Roled, ...]:
        """The needs of a slot again."""
        row = self.rows[slot]
        entries = self.needs.words[row["needs"] : row["needs"] + row["n_needs"]]
        return tuple(
            (int(role), SkillNeed(self.need_list[at].code, self.need_list[at].names, int(level)))
            for at, level, role in entries.tolist()
        )

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in self.arrays)


def check_columns(start: Array, end: Array, lat_e6: Array, lon_e6: Array) -> None:
    """Raises InvalidInput as `Span` and `Point` would."""
    if len(start) and np.any(np.asarray(end) <= np.asarray(start)):
        raise InvalidInput("span", "end_before_start")
    for name, column, most in (("lat_e6", lat_e6, 90_000_000), ("lon_e6", lon_e6, 180_000_000)):
        if len(column) and (np.asarray(column).dtype.kind not in "iu"):
            raise InvalidInput(f"point.{name}", "not_an_integer")
        if len(column) and np.any(np.abs(np.asarray(column, np.int64)) > most):
            raise InvalidInput(f"point.{name}", "out_of_range")


def _blank() -> Shift:
    from matching.distance import Point
    from matching.span import Span

    return Shift(id=0, posting_id=0, employer_id=0, span=Span(0, 1), point=Point(0, 0))  # type: ignore[arg-type]


_BLANK = _blank()
__all__ = ["TRADE", "ShiftRows", "check_columns"]
