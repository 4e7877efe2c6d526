"""What the use cases about intents answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from matching.sharing import Offer


@dataclass(frozen=True, slots=True)
class WordsView:
    """What is agreed to, in the caller's language."""

    version: str
    text: str


@dataclass(frozen=True, slots=True)
class IntentView:
    """One, as the person sees it, or as the firm and officers do: masked, and without what was said with the yes."""

    id: UUID
    state: str
    balance_id: UUID
    firm_name: str
    trade: str
    city_code: str
    first_day: date
    last_day: date
    name: str | None
    phone: str | None
    answer_by: datetime
    agreed_at: datetime | None
    wording: str | None
    words: WordsView | None
    home_district_code: str | None
    radius_m: int | None
    accepts: Sequence[str] | None
    days_off: Sequence[date] | None
    ended_at: datetime | None
    possible: Sequence[str]


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody who has agreed; `offer` is how well the person goes with the shortage that was named."""

    intent_id: UUID
    name: str | None
    agreed_at: datetime
    offer: Offer | None


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Who has agreed, best first where a shortage was named; `fitting` of `considered` are hindered by nothing."""

    balance_id: UUID
    shortage_id: UUID | None
    at: datetime
    rules: str
    considered: int
    fitting: int | None
    people: Sequence[PersonView]
