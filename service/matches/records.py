"""What the repository hands over for one ranking: plain rows, grouped by the person they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Row = Mapping[str, Any]
ByWorker = Mapping[UUID, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Belongings:
    """Everything that belongs to some workers, as far as it matters beside some shifts."""

    skills: ByWorker
    certificates: ByWorker
    bookings: ByWorker  # firm engagements, days lent: shift_id, starts_at, ends_at (a seat's rest included), lent
    applications: ByWorker  # live ones: posting_id, shift_id (None: for the posting as a whole)
    seats: ByWorker  # shift_id
    blocks: ByWorker  # employer_id, set_by
    hours: ByWorker  # part-time, and lent by or to: employer_id, local_day, minutes


NOTHING = Belongings({}, {}, {}, {}, {}, {}, {})  # of people who are not asked about


@dataclass(frozen=True, slots=True)
class People:
    """The workers that a place of work may reach; `farther` more are certainly beyond their own radius."""

    rows: Sequence[Row]
    belongings: Belongings
    farther: int


@dataclass(frozen=True, slots=True)
class Offers:
    """The open shifts that a worker may reach; `farther` more are certainly beyond the limit."""

    rows: Sequence[Row]
    belongings: Belongings
    farther: int
