"""Rows of people: where each is kept, changed and taken out, with ids, claims, details and posting lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from matching.distance import Point
from matching.errors import InvalidInput
from matching.model import Booking, DayException, WeekWindow, Worker
from matching.pool.arena import Arena
from matching.pool.compiled import HAS_COMPILER, Array
from matching.pool.grid import NOWHERE, cell_of, cells_of
from matching.pool.id_table import IdTable, longer
from matching.pool.intern import Kinds, Words, units
from matching.pool.layout import (
    ALIVE,
    COLD,
    D_BOOK,
    D_IDS,
    HOT,
    IRREGULAR,
    MORE,
    NO_TIME,
    PLACED,
    SEAT_IDS,
)
from matching.pool.listing import Listing, live_by_cell
from matching.pool.lists import set_hours
from matching.pool.people import Person, booking_words, encode, record, whole_hours
from matching.pool.rebuild import WHOLE_WEEK, bookings_of, decode, split

_INLINE = ("s0", "e0", "s1", "e1", "s2", "e2")
_COLD = ("introducible", "adult", "wish", "unit")


class PeopleRows:
    """Columns by slot; a slot freed is used again. Not safe for threads: the pool holds the lock."""

    def __init__(self, *, indexed: bool = True, compiled: bool = HAS_COMPILER) -> None:
        self.kinds, self.papers, self.units = Kinds(), Words(), units()
        self.hot: Array = np.zeros(0, HOT)
        self.cold: Array = np.zeros(0, COLD)
        self.ids = IdTable(compiled=compiled)
        self.claims, self.detail = Arena(np.int32), Arena(np.int64)
        self.free: list[int] = []
        self.size = 0  # slots in use or freed
        self.count = 0
        self.indexed = indexed and compiled
        self.listing = Listing()
        self.arrays: tuple[Array, ...] = ()
        self.gather()

    def gather(self) -> None:
        """The arrays as kernels take them; after any of them was replaced."""
        self.arrays = (self.hot, self.cold, self.claims.words, self.detail.words, self.ids.high, self.ids.low)

    # reading

    @property
    def kind_count(self) -> int:
        """How many kinds of claim the lists tell apart."""
        return len(self.kinds)

    def worker_at(self, slot: int, hours: int = WHOLE_WEEK) -> Worker:
        """The person of a slot, as `rebuild.decode` describes."""
        cold = self.cold[slot]
        claims = self.claims.words[cold["claims"] : cold["claims"] + cold["n_claims"]]
        return decode(
            self.ids.at(slot),
            self.hot[slot],
            cold,
            claims,
            self.detail_at(slot),
            self.kinds,
            self.papers,
            self.units,
            plain=bool(self.ids.plain),
            hours=hours,
        )

    def detail_at(self, slot: int) -> Array:
        at = int(self.cold[slot]["detail"])
        return self.detail.words[at : at + int(self.detail.words[at])] if at >= 0 else self.detail.words[:0]

    def live_slots(self) -> Array:
        return np.flatnonzero(self.hot["flags"][: self.size] & ALIVE)

    # writing

    def add(self, worker: Worker) -> int:
        """Raises InvalidInput(id, duplicate_id) if the id is there, (id, unknown_kind) if ids are of two types."""
        self.ids.check_new(worker.id)
        person = self.encoded(worker)
        slot = self._new_slot(worker.id)
        self._write(slot, person)
        self.count += 1
        self._list(slot)
        return slot

    def encoded(self, worker: Worker) -> Person:
        return encode(worker, self.kinds, self.papers, self.units)

    def change(self, worker: Worker) -> None:
        """Everything known of one person anew."""
        slot = self.ids.slot_of(worker.id)
        self.rewrite(slot, self.encoded(worker))
        self.pack()

    def remove(self, given_id: Any) -> None:
        slot = self.ids.slot_of(given_id)
        self._unlist(slot)
        self.ids.leave(slot)
        cold = self.cold[slot]
        self.claims.waste(int(cold["room"]))
        self.detail.waste(len(self.detail_at(slot)))
        self.hot[slot] = np.zeros(1, HOT)[0]
        cold["detail"], cold["n_claims"], cold["room"] = -1, 0, 0
        self.free.append(slot)
        self.count -= 1

    def move(self, given_id: Any, point: Point | None) -> None:
        """Where distance starts from now on."""
        slot = self.ids.slot_of(given_id)
        row = self.hot[slot]
        lat, lon = (point.lat_e6, point.lon_e6) if point else (0, 0)
        flags = int(row["flags"])
        moved = flags | PLACED if point else flags & ~PLACED
        same_cell = moved == flags and cell_of(lat, lon) == cell_of(int(row["lat"]), int(row["lon"]))
        if not self.indexed or same_cell:
            row["lat"], row["lon"], row["flags"] = lat, lon, moved
            return
        self._unlist(slot)
        row["lat"], row["lon"], row["flags"] = lat, lon, moved
        self._list(slot)
        self.pack()

    def book(self, given_id: Any, booking: Booking) -> None:
        """One more booking, inline while there is room."""
        slot = self.ids.slot_of(given_id)
        row = self.hot[slot]
        start, end = booking.span.start, booking.span.end
        if booking.shift_id is None and not row["flags"] & SEAT_IDS and start > -NO_TIME and end < NO_TIME:
            for first, last in (("s0", "e0"), ("s1", "e1"), ("s2", "e2")):
                if row[first] == NO_TIME:
                    row[first], row[last] = start, end
                    return
        self._set_bookings(slot, (*self._bookings_at(slot), booking))

    def unbook(self, given_id: Any, booking: Booking) -> None:
        """Take one such booking away; raises InvalidInput(booking, unknown_id) if there is none."""
        slot = self.ids.slot_of(given_id)
        row = self.hot[slot]
        if not row["flags"] & (SEAT_IDS | IRREGULAR) and booking.shift_id is None:
            spans = [(int(row[a]), int(row[b])) for a, b in zip(_INLINE[::2], _INLINE[1::2], strict=True)]
            if (booking.span.start, booking.span.end) in spans:
                spans.remove((booking.span.start, booking.span.end))
                spans.append((NO_TIME, NO_TIME))
                for name, time in zip(_INLINE, (time for span in spans for time in span), strict=True):
                    row[name] = time
                return
        kept = list(self._bookings_at(slot))
        if booking not in kept:
            raise InvalidInput("booking", "unknown_id")
        kept.remove(booking)
        self._set_bookings(slot, kept)

    def set_availability(
        self, given_id: Any, weekly: Sequence[WeekWindow] | None, exceptions: Iterable[DayException]
    ) -> None:
        """The weekly windows (None: not said) and dated exceptions of one person."""
        slot = self.ids.slot_of(given_id)
        weekly = None if weekly is None else tuple(weekly)
        exceptions = tuple(exceptions)
        words = whole_hours(weekly or ())
        if words is not None and not exceptions:
            arrays = self.listing.arrays, self.hot, self.cold, self.claims.words
            if set_hours(arrays, slot, words, weekly is None, self.indexed):
                return
        self._rewrite(slot, replace(self.worker_at(slot), weekly=weekly, exceptions=exceptions))

    def fill(self, people: Iterable[tuple[Any, Person]]) -> None:
        """Append rows without listing them; `relist` comes after."""
        for given_id, person in people:
            self.ids.check_new(given_id)
            self._write(self._new_slot(given_id), person)
            self.count += 1

    def enlist(self, slot: int) -> None:
        """Enter a row that `fill` wrote into the lists."""
        self._list(slot)

    def rewrite(self, slot: int, person: Person) -> None:
        """Another row in the place of one."""
        self._unlist(slot)
        self._write(slot, person)
        self._list(slot)

    def relist(self) -> None:
        """All posting lists anew."""
        if not self.indexed:
            return
        hot = self.hot[: self.size]
        cells = np.where(hot["flags"] & PLACED, cells_of(hot["lat"], hot["lon"]), NOWHERE)
        order = live_by_cell(hot, cells)
        self.listing = Listing.of(self.hot, self.cold, self.claims.words, self.kind_count, order)

    def pack(self) -> None:
        """Close the holes that changes have left, where they are more than half."""
        if self.indexed and self.listing.is_worth_packing:
            self.relist()
        if self.claims.is_worth_packing:
            self._pack_claims()
        if self.detail.is_worth_packing:
            self._pack_detail()

    @property
    def nbytes(self) -> int:
        """Bytes of every array, posting lists and id table included."""
        rows = self.hot, self.cold, self.claims.words, self.detail.words
        listed = self.listing.nbytes if self.indexed else 0
        return sum(array.nbytes for array in rows) + self.ids.nbytes + listed

    # inside

    def _new_slot(self, given_id: Any) -> int:
        if self.ids.plain is None:
            self.ids.plain = isinstance(given_id, int)
        slot = self.free.pop() if self.free else self.size
        if slot == self.size:
            self._ensure(slot + 1)
            self.size += 1
        self.ids.enter(given_id, slot, self.live_slots)
        self.cold[slot]["detail"] = -1
        self.cold[slot]["room"] = 0
        return slot

    def _ensure(self, room: int) -> None:
        if room <= len(self.hot):
            return
        room = max(room, len(self.hot) + len(self.hot) // 4 + 16)
        self.hot, self.cold = longer(self.hot, room), longer(self.cold, room)
        self.ids.ensure(room)
        self.gather()

    def _write(self, slot: int, person: Person) -> None:
        self.hot[slot] = person.hot
        cold = self.cold[slot]
        for name, value in zip(_COLD, person.cold, strict=True):
            cold[name] = value
        room = int(cold["room"])
        cold["claims"] = self.claims.store(person.claims, int(cold["claims"]) if room else -1, room)
        cold["n_claims"], cold["room"] = len(person.claims), max(room, len(person.claims))
        self._write_detail(slot, person.detail)
        self.gather()

    def _write_detail(self, slot: int, detail: Sequence[int]) -> None:
        at = int(self.cold[slot]["detail"])
        room = int(self.detail.words[at]) if at >= 0 else 0
        if not detail:
            self.detail.waste(room)
            self.cold[slot]["detail"] = -1
            return
        kept = at >= 0 and len(detail) <= room
        at = self.detail.store(detail, at, room)
        if kept:
            self.detail.words[at] = room  # the record keeps the room it has
        self.cold[slot]["detail"] = at

    def _bookings_at(self, slot: int) -> tuple[Booking, ...]:
        parts = split(self.detail_at(slot))
        return bookings_of(self.hot[slot], parts[D_BOOK - 1], parts[D_IDS - 1], plain=bool(self.ids.plain))

    def _set_bookings(self, slot: int, bookings: Sequence[Booking]) -> None:
        """Bookings anew; no list tells of them."""
        row, parts = self.hot[slot], split(self.detail_at(slot))
        inline, parts[D_BOOK - 1], parts[D_IDS - 1] = booking_words(bookings)
        for name, time in zip(_INLINE, inline, strict=True):
            row[name] = time
        flags = int(row["flags"]) & ~(MORE | SEAT_IDS)
        row["flags"] = flags | (MORE if parts[D_BOOK - 1] else 0) | (SEAT_IDS if parts[D_IDS - 1] else 0)
        self._write_detail(slot, record(parts))
        self.gather()
        self.pack()

    def _rewrite(self, slot: int, worker: Worker) -> None:
        self.rewrite(slot, self.encoded(worker))
        self.pack()

    def _claims_of(self, slot: int) -> tuple[Array, int, int]:
        cold = self.cold[slot]
        return self.claims.words, int(cold["claims"]), int(cold["n_claims"])

    def _list(self, slot: int) -> None:
        if self.indexed:
            self.listing.know(self.kind_count)
            self.listing.enter(self.hot, slot, *self._claims_of(slot))

    def _unlist(self, slot: int) -> None:
        if self.indexed:
            self.listing.leave(self.hot, slot, *self._claims_of(slot))

    def _pack_claims(self) -> None:
        slots = self.live_slots()
        self.cold["room"][slots] = self.cold["n_claims"][slots]
        self.cold["claims"][slots] = self.claims.pack(self.cold["claims"][slots], self.cold["n_claims"][slots])
        self.gather()

    def _pack_detail(self) -> None:
        slots = self.live_slots()
        slots = slots[self.cold["detail"][slots] >= 0]
        at = self.cold["detail"][slots]
        self.cold["detail"][slots] = self.detail.pack(at, self.detail.words[at])
        self.gather()
