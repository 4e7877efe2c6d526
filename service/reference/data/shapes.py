"""The shapes of the rows in the reference files; `valid_to` is the first day on which a row is out of use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

_ENDINGS = {"0000": "province", "00": "city"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What every row has: from when to when it holds, and who says so; a silent row takes the file's head."""

    valid_from: date
    source: str
    valid_to: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the row is in use on `day`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Entry):
    """A division; `code` is GB/T 2260, `at` an approximate (latitude, longitude) in WGS-84."""

    code: str
    zh: str
    en: str
    at: tuple[float, ...]
    replaced_by: str | None = None

    @property
    def level(self) -> str:
        """province, city or county, as the code's ending says."""
        return next((level for ending, level in _ENDINGS.items() if self.code.endswith(ending)), "county")

    @property
    def parent(self) -> str | None:
        """The code of the city or province around it; None for a province."""
        return {"county": f"{self.code[:4]}00", "city": f"{self.code[:2]}0000"}.get(self.level)

    @property
    def latitude(self) -> float:
        return self.at[0]

    @property
    def longitude(self) -> float:
        return self.at[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction(Entry):
    """One of the five documents; `region` is None for the national one."""

    code: str
    region: str | None
    zh: str
    en: str
    zone_zh: str
    zone_en: str
    title: str
    number: str
    issuer: str
    issued_on: date
    in_force_from: date
    number_checked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation(Entry):
    """An entry of the national classification, edition 2022, at any of its four levels."""

    code: str
    zh: str
    en: str

    @property
    def parent(self) -> str | None:
        """The code one level up; None at the top."""
        return self.code.rpartition("-")[0] or None

    @property
    def level(self) -> int:
        """1 大类, 2 中类, 3 小类, 4 the occupation itself."""
        return self.code.count("-") + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Industry(Entry):
    """An industry tag; `named_in` are codes of the five documents, empty where the tag is ours."""

    code: str
    zh: str
    en: str
    sections: tuple[str, ...]
    named_in: tuple[str, ...]
    community: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Entry):
    """A kind of certificate; months are None where it does not expire or nothing is known."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    validity_months: int | None
    basis: str
    tag: str
    review_months: int | None = None


@dataclass(frozen=True, slots=True)
class PostingDefaults:
    """What a posting of the trade is taken to mean where its author says nothing; codes as in enums.yaml."""

    job_kind: str
    pay_unit: str
    settlement: str
    headcount: int
    shift_minutes: int
    unpaid_break_minutes: int
    meals: str
    bring: tuple[str, ...]
    outdoor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade(Entry):
    """A trade; `adult_basis` tells why minors are kept out, `demo_pay_fen` (low, high) is for rehearsals."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    occupation: str | None
    industry: str
    certificates: tuple[str, ...]
    pictogram: str
    demo_pay_fen: tuple[int, ...]
    defaults: PostingDefaults
    shared_aliases: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    adult: str | None = None
    adult_basis: str | None = None

    @property
    def adult_only(self) -> bool:
        """Whether the trade is closed to people of 16 and 17."""
        return self.adult is not None

    @property
    def words(self) -> tuple[str, ...]:
        """The names and popular words that belong to this trade first."""
        return (self.zh, self.en, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skill(Entry):
    """A skill finer than a trade; `trade` is the one that postings of it belong to, `occupation` its code.

    `shared` are words that another entry owns first.
    """

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...]
    trade: str | None = None
    occupation: str | None = None
    shared: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """The names and popular words that belong to this skill first."""
        return (self.zh, self.en, *self.aliases)


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumWage(Entry):
    """A minimum wage in fen; an unverified row may only warn."""

    region: str
    grade: int
    month_fen: int
    hour_fen: int
    verified: bool
    tag: str

    @property
    def code(self) -> str:
        """Rows are told apart by their region."""
        return self.region


@dataclass(frozen=True, slots=True, kw_only=True)
class Season(Entry):
    """A window `[starts, ends)` in which people of some trades are free or wanted in some regions."""

    code: str
    season: str
    zh: str
    en: str
    year: int
    regions: tuple[str, ...]
    starts: datetime
    ends: datetime
    free_trades: tuple[str, ...]
    needed_trades: tuple[str, ...]
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Holiday(Entry):
    """A holiday: days off from `off_from` to `off_to`, both included, and the working days moved for it."""

    code: str
    zh: str
    en: str
    off_from: date
    off_to: date
    statutory: tuple[date, ...]
    work: tuple[date, ...] = ()

    @property
    def estimated(self) -> bool:
        """Whether the yearly notice was not yet known when the row was written."""
        return self.source == "estimated"


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day that differs from its weekday; `kind` is statutory, day_off or make_up_work."""

    day: date
    kind: str
    holiday: str
    estimated: bool


@dataclass(frozen=True, slots=True)
class Label:
    """A coded value's name in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A coded reason; a neutral one does not weigh against the person who gives it."""

    zh: str
    en: str
    neutral: bool


Labels = Mapping[str, Mapping[str, Label]]
Reasons = Mapping[str, Mapping[str, Reason]]
