"""Where shifts stand in posting lists: in their cell, under each of their needs, as people under their claims."""

from __future__ import annotations

from matching.model import Shift
from matching.pool.layout import ALIVE, NO_TIME, PLACED
from matching.pool.lists import NO_RADIUS, RADIUS_STEP_M
from matching.pool.people import Person
from matching.pool.shift_rows import ShiftRows
from matching.pool.store import PeopleRows
from matching.pool.wants import ASKS_NOTHING

_FAR_JOB = NO_RADIUS * RADIUS_STEP_M  # a limit from here on is no limit to the lists


class ListedShifts(PeopleRows):
    """Ids and lists of shifts; `needs` is how many different needs there are."""

    needs = 0

    @property
    def kind_count(self) -> int:
        return self.needs + 1


def listed(shift: Shift, rows: ShiftRows, lists: ListedShifts) -> Person:
    """A shift as a row of lists: its cell, its limit for a radius, its needs for claims."""
    needs = (*((shift.trade,) if shift.trade else ()), *shift.required, *shift.wished)
    numbers = [rows.need_row(need) + 1 for need in needs]
    numbers += [] if shift.required else [ASKS_NOTHING]
    lists.needs = len(rows.need_list)
    point = None if shift.remote else shift.meeting_point
    reach = _FAR_JOB if shift.radius_limit_m is None else min(shift.radius_limit_m, _FAR_JOB)
    place = (point.lat_e6, point.lon_e6) if point else (0, 0)
    hot = (*place, reach, ALIVE | (PLACED if point else 0), 0, 0, 0, 0, *[NO_TIME] * 6)
    return Person(hot, (0, 0, 0, 0), tuple(number << 4 for number in dict.fromkeys(numbers)), ())
