"""What the use cases about balances answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.balances.rules.conditions import LISTS, conditions
from service.reference.catalogue import trades
from service.reference.rules import labelled

if TYPE_CHECKING:
    from matching.sharing import LeftOver, Offer
    from service.balances.tables import BalanceRow
    from service.employers.tables import EmployerRow


@dataclass(frozen=True, slots=True)
class Coded:
    """A code with its label in the reader's language."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class PlaceView:
    """A firm's place; `point` (lon, lat) in WGS-84."""

    city_code: str
    district_code: str | None
    address: str | None
    point: tuple[float, float] | None
    sent_datum: str | None
    approximate: bool


@dataclass(frozen=True, slots=True)
class BalanceView:
    """As everybody sees it, without contact; the fields from `taken` on only for its firm, its agency and officers."""

    id: UUID
    version: int
    state: str
    side: str
    employer_id: UUID
    employer_name: str
    agency_id: UUID | None
    agency_name: str | None
    trade: Coded
    headcount: int
    left: int
    first_day: date
    last_day: date
    least_days: int | None
    place: PlaceView
    pay_fen: int | None
    needs: Sequence[Coded]
    wishes: Sequence[Coded]
    accepts: Sequence[Coded]
    offers: Sequence[Coded]
    asks: Sequence[Coded]
    crosses_region: bool
    season: str | None
    words: str | None
    published_at: datetime | None
    closed_at: datetime | None
    close_reason: str | None
    own: bool
    taken: int | None
    homes: Sequence[Mapping[str, Any]] | None
    radius_m: int | None
    agreed_at: datetime | None
    blocked: Sequence[UUID] | None
    deals: Sequence[UUID] | None


_SAME = (
    "id", "version", "state", "side", "employer_id", "agency_id", "headcount", "first_day", "last_day", "least_days",
    "pay_fen", "crosses_region", "season", "words", "published_at", "closed_at", "close_reason",
)  # fmt: skip
_PLACE = ("city_code", "district_code", "address", "sent_datum", "approximate")


def balance_view(
    row: BalanceRow, firms: Mapping[UUID, EmployerRow], language: str, *, own: bool, deals: Sequence[UUID]
) -> BalanceView:
    """One; `own` for its firm, its agency and the officers of the place, who read also which deals took from it."""
    known = conditions()
    lists: dict[str, Any] = {name: [_coded(code, known, language) for code in getattr(row, name)] for name in LISTS}
    agency = firms.get(row.agency_id) if row.agency_id is not None else None
    point = (row.lon, row.lat) if row.lon is not None and row.lat is not None else None
    return BalanceView(
        **{name: getattr(row, name) for name in _SAME},
        **lists,
        employer_name=firms[row.employer_id].name,
        agency_name=agency.name if agency is not None else None,
        trade=_coded(row.trade, trades(), language),
        left=row.headcount - row.taken,
        place=PlaceView(**{name: getattr(row, name) for name in _PLACE}, point=point),
        own=own,
        taken=row.taken if own else None,
        homes=row.homes if own else None,
        radius_m=row.radius_m if own else None,
        agreed_at=row.agreed_at if own else None,
        blocked=[UUID(each) for each in row.blocked_firms] if own else None,
        deals=list(deals) if own else None,
    )


def _coded(code: str, known: Mapping[str, Any], language: str) -> Coded:
    return Coded(code, labelled(known.get(code), code, language))


@dataclass(frozen=True, slots=True)
class TermsView:
    """Under which clause firms share labour in a place."""

    city_code: str
    clause: str
    document: str
    title: str
    number: str
    article: str
    says: str
    of_place: bool
    place_document: str
    place_title: str
    agencies_broker: bool
    follow_up: bool


@dataclass(frozen=True, slots=True)
class MatchView:
    """A balance of the other side, how well it goes with the asked one and for how many, and what hinders.

    `by_homes` is (district, people), only for who may know where the people live.
    """

    balance: BalanceView
    offer: Offer
    by_homes: Sequence[tuple[str | None, int]] | None


@dataclass(frozen=True, slots=True)
class MatchesView:
    """The other side of a balance in order, and how many are kept out by what."""

    balance_id: UUID
    side: str
    at: datetime
    rules: str
    considered: int
    hindered: int
    lacks: Mapping[str, int]
    agreed: int | None
    matches: Sequence[MatchView]
    misses: Sequence[MatchView]


@dataclass(frozen=True, slots=True)
class PairView:
    """So many people of a surplus for a shortage in a plan, and why they go together: on average of these people."""

    surplus: BalanceView
    shortage: BalanceView
    people: int
    value: int
    by_homes: Sequence[tuple[str | None, int]] | None
    offer: Offer


@dataclass(frozen=True, slots=True)
class LeftView:
    """A balance with people or seats left over in a plan, and why."""

    balance: BalanceView
    left: LeftOver


@dataclass(frozen=True, slots=True)
class PlanView:
    """The best plan of a region."""

    at: datetime
    rules: str
    region: str | None
    cross_region: bool
    season: str | None
    surpluses: int
    shortages: int
    surpluses_elsewhere: int
    shortages_elsewhere: int
    people: int
    value: int
    scored_anew: bool
    pairs: Sequence[PairView]
    left_surpluses: Sequence[LeftView]
    left_shortages: Sequence[LeftView]
