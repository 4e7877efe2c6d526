"""The shape of rows in memory: what a kernel reads of a person, a shift and a policy, and the bits it sets.

Times are minutes since 1970-01-01T00:00Z in int64 (int32 where a row keeps them inline), days are proleptic
ordinals, places are millionths of a degree, ids are two int64 words whose signed order is the ids' order.
"""

from __future__ import annotations

import numpy as np

from matching.gates import GATES
from matching.result import Code

DAY = 1440
WEEK_HOURS = 168
MONDAY = 3 * DAY  # 1970-01-01 was a Thursday: minutes from the Monday before it
EPOCH_ORDINAL = 719163
FAR_OFF = 2**62  # later than every minute and every day there is
NEVER = 2**31 - 1  # an ordinal nobody reaches: the age is unknown
UNKNOWN_M = 2**40  # a distance nobody has: comes last
INLINE_BOOKINGS = 3
NO_TIME = 2**31 - 1

# One person in a cache line: what nearly every question asks.
HOT = np.dtype(
    [
        ("lat", "<i4"),
        ("lon", "<i4"),
        ("radius", "<i4"),
        ("flags", "<u2"),
        ("rel", "<i2"),  # permille, -1 unknown
        ("w0", "<i8"),  # free hours of the local week, Monday 0:00 first
        ("w1", "<i8"),
        ("w2", "<i8"),
        ("s0", "<i4"),
        ("e0", "<i4"),
        ("s1", "<i4"),
        ("e1", "<i4"),
        ("s2", "<i4"),
        ("e2", "<i4"),
    ]
)
COLD = np.dtype(
    [
        ("introducible", "<i4"),
        ("adult", "<i4"),
        ("wish", "<i8"),  # fen, 0 = no wish
        ("unit", "<i4"),
        ("detail", "<i4"),  # word in the detail arena, -1 none
        ("claims", "<i4"),  # first of `n_claims` entries in the claims arena
        ("n_claims", "<u2"),
        ("room", "<u2"),
    ]
)

ALIVE, PLACED, NO_WEEKLY, RAGGED, EXCEPTED, WAITING, MORE, PAPERS = (1 << n for n in range(8))
TIES, HOURS, PRIORITY, SEAT_IDS, TWICE = (1 << n for n in range(8, 13))  # TWICE: one kind claimed more than once
IRREGULAR = RAGGED | EXCEPTED | WAITING | MORE  # time that the hour bits and inline bookings do not tell

# Sections of a person's detail record: a header word each (how many), then their entries in this order.
D_BOOK, D_WEEK, D_FREE, D_UNFREE, D_WAIT, D_TRADES, D_PAPERS, D_BLOCK, D_LIVE, D_SEATS, D_HOURS, D_IDS = range(1, 13)
D_HEAD = 13
D_WIDTHS = (0, 2, 2, 2, 2, 2, 1, 4, 2, 2, 2, 4, 3)


def _named(kind: str, names: str) -> list[tuple[str, str]]:
    """Columns of one kind."""
    return [(name, kind) for name in names.split()]


SHIFT = np.dtype(
    _named(
        "<i8",
        "id_hi id_lo posting_hi posting_lo employer_hi employer_lo start end needed published pay limit employer_rel",
    )
    + _named("<i4", "lat lon flags unit pt_day pt_week break_minutes needs n_needs detail")
)
S_ALIVE, S_PLACED, S_REMOTE, S_OPEN, S_FULL, S_ADULT, S_DATED, S_WEEKLY = (1 << n for n in range(8))
S_PART_TIME, S_PUBLIC, S_PUBLISHED = (1 << n for n in range(8, 11))
# Sections of a shift's detail record.
H_PAPERS, H_PATTERN, H_BLOCKED = 1, 2, 3
H_HEAD = 4
H_WIDTHS = (0, 2, 2, 2)
NO_LIMIT = 2**40

TRADE, REQUIRED, WISHED = 0, 1, 2
NEED = np.dtype([("row", "<i4"), ("level", "<i2"), ("role", "<i2")])

RULES = np.dtype(
    _named(
        "<i8",
        "now today offset gates floor fresh waiting baseline levels step doubt trade required wished top "
        "skill distance schedule spare_before spare_after reliability employer pay freshness priority "
        "decay first second third fourth scored",
    )
)
BY_SCORE, BY_DISTANCE, BY_START, BY_PUBLISHED = 1, 2, 3, 4

DERIVED = np.dtype(
    _named(
        "<i8",
        "barred kind start end asked length t0 t1 t2 before after before_at after_at first_day last_day "
        "offer_points agreed_points part_time",
    )
)
OPEN_TIME, DATED, WEEKLY = 0, 1, 2

BIT = {gate.code: 1 << place for place, gate in enumerate(GATES)}
CODES = tuple(gate.code for gate in GATES)
CLOSED, FULL_UP, BEGUN = BIT[Code.CLOSED], BIT[Code.FULL], BIT[Code.BEGUN]
UNDER_AGE, ADULTS_ONLY = BIT[Code.UNDER_AGE], BIT[Code.ADULTS_ONLY]
BLOCKED_PAIR, ALREADY_APPLIED = BIT[Code.BLOCKED_PAIR], BIT[Code.ALREADY_APPLIED]
ALREADY_ENGAGED, CERTIFICATES = BIT[Code.ALREADY_ENGAGED], BIT[Code.CERTIFICATES]
SKILLS, OUT_OF_REACH, NOT_FREE = BIT[Code.SKILLS], BIT[Code.OUT_OF_REACH], BIT[Code.NOT_FREE]
BOOKED, PART_TIME_WEEK, PART_TIME_DAY = BIT[Code.BOOKED], BIT[Code.PART_TIME_WEEK], BIT[Code.PART_TIME_DAY]
ALL_BITS = (1 << len(CODES)) - 1

# An entry of the table "how near is this kind of claim to this need".
NEAR_MASK = 0x3FFF
SAME = 0x4000  # the claim is the very skill: equal code, or an equal name where the need has no code
NO_LEVEL = 7
