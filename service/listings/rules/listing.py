"""What a listing is: a posting or supply posting as the public sees it, in the few plain values it is found by."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from service.geo import Point, coarse
from service.listings.rules.folding import usual
from service.listings.rules.hours import WorkTimes, posting_times, weekly_times
from service.listings.rules.tokens import (
    anywhere_token,
    cell_tokens,
    day_token,
    industry_token,
    region_tokens,
    trade_token,
)
from service.listings.rules.wording import words_of
from service.postings.rules.payments import hourly_fen
from service.reference.catalogue import regions, trades
from service.worktime import local_day

MOST_SEARCHED = 300  # characters of a description that are searched
USUAL_DAY_HOURS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One row. `lon`, `lat` only as everybody sees them: a household's is coarse, supply has its district's centre.

    `pay_hour_fen`, `pay_day_fen` are what an hour and a day pay where that can be reckoned. Days are local, None where
    open; minutes count from midnight (the next day's from 1440), None where to be agreed. `tokens` hold every code and
    word (see `tokens`); `group_key` is the same for the same words, place and pay of the same employer.
    """

    id: UUID
    side: str
    owner_id: UUID
    city_code: str
    district_code: str | None
    lon: float | None
    lat: float | None
    trade: str
    kind: str
    work_mode: str
    filled: bool
    settlement: str | None
    pay_unit: str | None
    pay_fen: int | None
    pay_hour_fen: int | None
    pay_day_fen: int | None
    first_day: date | None
    last_day: date | None
    first_minute: int | None
    last_minute: int | None
    published_at: datetime
    valid_until: datetime
    group_key: int
    tokens: tuple[str, ...]


def posting_listing(posting: Any, employer_kind: str, employer_name: str) -> Listing:
    """Of a public posting (its row). A household's name and address are no words; its point is coarse."""
    at_home = employer_kind == "household"
    when = posting_times(posting.series, posting.pattern)
    point = _shown(posting.lon, posting.lat, at_home)
    hour_fen, day_fen = _posting_pay(posting, when.minutes)
    districts = [posting.district_code] if posting.district_code else []
    flags = {
        "claimable": posting.claimable,
        "adult_only": posting.adult_only,
        "priority": bool(posting.priority_groups),
        "meals": (posting.conditions.get("meals") or "none") != "none",
        "lodging": (posting.conditions.get("lodging") or "none") != "none",
    }
    said = {
        "s": [posting.settlement],
        "e": [employer_kind],
        "g": posting.priority_groups,
        "x": posting.traits,
        "y": [posting.funding],
    }
    said |= {"n": [posting.source] if posting.source else []}
    texts = [] if at_home else [posting.address, employer_name]
    made = _Made(
        "demand", posting, [posting.trade], posting.job_kind, [posting.work_mode], districts, when, flags, said
    )
    return made.listing(
        owner_id=posting.employer_id,
        point=point,
        texts=[*texts, posting.description],
        pay=(posting.pay_unit, posting.pay_fen, hour_fen, day_fen),
        settlement=posting.settlement,
    )


def supply_listing(supply: Any) -> Listing:
    """Of a public supply posting (its row): nothing of the person, the point is the middle of its district."""
    when = weekly_times(supply.weekly)
    unit, fen = supply.pay_wish_unit, supply.pay_wish_fen
    flags = {"licence_exempt": supply.licence_exempt}
    made = _Made(
        "supply", supply, supply.trades, supply.kind, supply.work_modes, supply.district_codes, when, flags, {}
    )
    return made.listing(
        owner_id=supply.worker_id,
        point=_centre([*supply.district_codes, supply.city_code]),
        texts=[supply.description],
        pay=(unit, fen, *_supply_pay(unit, fen)),
        settlement=None,
    )


@dataclass(frozen=True, slots=True)
class _Made:
    """What both sides have; `row` gives id, title, city, dates."""

    side: str
    row: Any
    trades: list[str]
    kind: str
    work_modes: list[str]
    districts: list[str]
    when: WorkTimes
    flags: Mapping[str, bool]
    said: Mapping[str, Iterable[str]]

    def listing(
        self,
        *,
        owner_id: UUID,
        point: Point | None,
        texts: Iterable[str | None],
        pay: tuple[str | None, int | None, int | None, int | None],
        settlement: str | None,
    ) -> Listing:
        row, unit = self.row, pay[0]
        tokens = self._codes() | words_of(row.title, texts, MOST_SEARCHED)
        tokens |= {f"u:{unit}"} if unit else set()
        tokens |= cell_tokens(point.lon, point.lat) if point else set()
        return Listing(
            id=row.id,
            side=self.side,
            owner_id=owner_id,
            city_code=row.city_code,
            district_code=self.districts[0] if self.districts else None,
            lon=point.lon if point else None,
            lat=point.lat if point else None,
            trade=self.trades[0],
            kind=self.kind,
            work_mode=self.work_modes[0],
            filled=row.state == "filled",
            settlement=settlement,
            pay_unit=unit,
            pay_fen=pay[1],
            pay_hour_fen=pay[2],
            pay_day_fen=pay[3],
            first_day=self.when.first_day,
            last_day=self.when.last_day,
            first_minute=self.when.first_minute,
            last_minute=self.when.last_minute,
            published_at=row.published_at,
            valid_until=row.valid_until,
            group_key=_group(self.side, owner_id, row, self.trades, self.districts, pay),
            tokens=tuple(sorted(tokens)),
        )

    def _codes(self) -> set[str]:
        known = trades()
        made = {f"k:{self.kind}", day_token(local_day(self.row.published_at))}
        made |= {trade_token(code) for code in self.trades}
        made |= {industry_token(known[code].industry) for code in self.trades if code in known}
        industry = getattr(self.row, "industry", None)
        made |= {industry_token(industry)} if industry else set()
        made |= {f"m:{mode}" for mode in self.work_modes}
        made |= region_tokens([self.row.city_code, *self.districts])
        made |= {anywhere_token(self.row.city_code)} if not self.districts else set()
        made |= {f"w:{day}" for day in self.when.weekdays} | {f"o:{each}" for each in self.when.times_of_day}
        made |= {f"f:{name}" for name, holds in self.flags.items() if holds}
        return made | {f"{kind}:{code}" for kind, codes in self.said.items() for code in codes}


def _posting_pay(posting: Any, minutes: int | None) -> tuple[int | None, int | None]:
    """(fen an hour, fen a day), rounded down; a day whose length is not stated has eight hours."""
    paid = minutes - posting.break_minutes if minutes else None
    units = posting.conditions.get("units_per_hour")
    figure = None if posting.pay_unit == "fixed" else hourly_fen(posting.pay_fen, posting.pay_unit, paid, units)
    if posting.pay_unit in ("day", "shift"):
        hour = int(figure) if figure is not None else posting.pay_fen // USUAL_DAY_HOURS
        return hour, posting.pay_fen
    if figure is None:
        return None, None
    return int(figure), int(figure * paid / 60) if paid else int(figure * USUAL_DAY_HOURS)


def _supply_pay(unit: str | None, fen: int | None) -> tuple[int | None, int | None]:
    """(fen an hour, fen a day) of a wish, of days of eight hours."""
    if fen is None or unit not in ("hour", "day", "shift", "month"):
        return None, None
    hour = hourly_fen(fen, unit, USUAL_DAY_HOURS * 60, None)
    return (int(hour), int(hour * USUAL_DAY_HOURS)) if hour is not None else (None, None)


def _shown(lon: float | None, lat: float | None, at_home: bool) -> Point | None:
    if lon is None or lat is None:
        return None
    return coarse(Point(lon, lat)) if at_home else Point(lon, lat)


def _centre(codes: Iterable[str]) -> Point | None:
    """The middle of the first division that is known."""
    known = regions()
    return next((coarse(Point(known[code].longitude, known[code].latitude)) for code in codes if code in known), None)


def _group(side: str, owner_id: UUID, row: Any, trade: list[str], districts: list[str], pay: Iterable[Any]) -> int:
    """A signed 64-bit figure of what makes two listings the same offer.

    Of people who look for work each is its own: what is said to be repeated would be said to be one person's.
    """
    words = (side, str(owner_id), usual(row.title), trade, row.city_code, districts, [*pay][:2], row.description)
    said = repr(words if side == "demand" else (side, str(row.id)))
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), "big", signed=True)


def still_wanted(free_seats: int | None, headcount: int | None) -> int | None:
    """How many are wanted at once; a posting of many days has more seats than that in all."""
    return min(free_seats, headcount or free_seats) if free_seats else None
