"""What was asked for, checked as a whole: the columns of a balance, or every reason why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.balances import rules
from service.errors import Refused
from service.guard import errors_of, findings_in, held_back, refuse_blocked
from service.guard.quoting import check_quoted
from service.i18n import render
from service.reference.catalogue import regions, trades
from service.reference.rules import settle_place
from service.worktime import local_day

if TYPE_CHECKING:
    from datetime import date, datetime

    from service.balances.tables import BalanceRow
    from service.employers.tables import EmployerRow
    from service.reference.view import Catalogue
    from service.uow import Uow

FOR_PROFIT, OF_LENDING = "C23", ("C35", "C36")
_PLACE = ("city_code", "district_code", "address", "lon", "lat", "sent_datum", "approximate")
_SAME = (
    "side", "trade", "headcount", "first_day", "last_day", "least_days", "homes", "radius_m", "pay_fen", "needs",
    "wishes", "accepts", "offers", "asks", "crosses_region", "season", "words", "blocked_firms",
)  # fmt: skip


async def checked(uow: Uow, asked: Mapping[str, Any], firm: EmployerRow, *, now: datetime) -> dict[str, Any]:
    """The columns. Raises Refused with the field that is wrong, posting_blocked, balance_words_doubtful."""
    catalogue, today = await uow.reference.catalogue(), local_day(now)
    side = asked["side"]
    rules.check_side(side, asked)
    rules.check_trade(asked["trade"], trades())
    place = _place(uow, asked.get("place"), firm, catalogue, today)
    policy = uow.ctx.policies.at(now, place["city_code"]).sharing
    rules.check_period(
        asked["first_day"], asked["last_day"], asked.get("least_days"), today,
        days_most=policy.days_most, ahead_days_most=policy.ahead_days_most,
    )  # fmt: skip
    homes = rules.check_homes(asked.get("homes") or (), asked["headcount"])
    for index, each in enumerate(homes):
        _check_district(catalogue, each["district_code"], today, f"/homes/{index}/district_code")
    rules.check_season(asked.get("season"), {row.season for row in catalogue.newest("season").values()})
    check_words(uow, "/words", asked.get("words"), today)
    wage = await uow.postings.wage(place["district_code"] or place["city_code"], today)
    rules.check_pay(asked.get("pay_fen"), wage.hour_fen if wage is not None else None)
    radius, crosses = asked.get("radius_m"), asked.get("crosses_region")
    return {
        "side": side,
        **{name: asked[name] for name in ("trade", "headcount", "first_day", "last_day")},
        **{name: asked.get(name) for name in ("least_days", "pay_fen", "season", "words")},
        **place,
        **rules.lists_of(side, asked),
        "homes": homes,
        "radius_m": rules.RADIUS_M if radius is None else radius,
        "crosses_region": True if crosses is None else crosses,
        "blocked_firms": await _blocked(uow, asked.get("blocked_firms") or (), firm),
    }


def asked_of(row: BalanceRow) -> dict[str, Any]:
    """A stored balance in the shape that `checked` takes."""
    return {name: getattr(row, name) for name in _SAME} | {"place": {name: getattr(row, name) for name in _PLACE}}


def _place(
    uow: Uow, asked: Mapping[str, Any] | None, firm: EmployerRow, catalogue: Catalogue, today: date
) -> dict[str, Any]:
    """Where it is: as said, else the firm's own place; without a point the middle of the district or city."""
    if not asked:
        asked = {name: getattr(firm, name) for name in ("city_code", "district_code", "address")}
    city, district = settle_place(catalogue.regions(today), asked["city_code"], asked.get("district_code"), at="/place")
    check_words(uow, "/place/address", asked.get("address"), today)
    found = {"city_code": city, "district_code": district, "address": asked.get("address")}
    if asked.get("lon") is not None:
        if not asked.get("approximate"):
            rules.check_point((asked["lon"], asked["lat"]), city, district, regions())
        point = {name: asked[name] for name in ("lon", "lat", "sent_datum")}
        return found | point | {"approximate": bool(asked.get("approximate"))}
    region = catalogue.region(district or city)
    if region is None:
        return found | {"lon": None, "lat": None, "sent_datum": None, "approximate": True}
    return found | {"lon": region.longitude, "lat": region.latitude, "sent_datum": "wgs84", "approximate": True}


async def _blocked(uow: Uow, firms: Iterable[Any], firm: EmployerRow) -> list[str]:
    """Employers that are not wanted, as they are stored."""
    named = [str(each) for each in firms]
    known = {str(each) for each in await uow.balances.firms(UUID(each) for each in named)} if named else set()
    return rules.check_blocked(named, str(firm.id), known)


def _check_district(catalogue: Catalogue, code: str, today: date, field: str) -> None:
    if code not in catalogue.regions(today):
        raise Refused("region_unknown", field=field)
    if code.endswith("00"):
        raise Refused("district_expected", field=field)


def _for_profit(uow: Uow, pointer: str, words: str, today: date, known: set[str]) -> list[tuple[str, dict[str, Any]]]:
    """The rules against lending for profit look for words about lending beside those about money; everything that a
    balance says is about lending, so that it is read with its heading."""
    if {FOR_PROFIT, *OF_LENDING} & known:
        return []
    heading = render("balance.context", "zh-CN")
    found = findings_in({pointer: heading + words}, uow.ctx.rulebook(), today, pay_stated=True)
    told = []
    for at, facts in found:
        if facts["rule"] in OF_LENDING or (facts["rule"] == FOR_PROFIT and facts["how"] == "phrase"):
            start, end = (max(0, facts[name] - len(heading)) for name in ("start", "end"))
            told.append((at, facts | {"start": start, "end": end, "words": words[start:end]}))
    surely = [facts for _, facts in told if facts["rule"] == FOR_PROFIT]
    return [each for each in told if each[1] in surely or not any(_overlap(each[1], one) for one in surely)]


def _overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(one["start"] < other["end"] and other["start"] < one["end"])


def check_words(uow: Uow, pointer: str, words: str | None, today: date) -> None:
    """Free words pass the posting guard, or are refused with everything that it finds (docs/decisions/0039).

    Raises Refused words_contact, posting_blocked, balance_words_doubtful.
    """
    if not words:
        return
    language = uow.ctx.language
    found = findings_in({pointer: words}, uow.ctx.rulebook(), today, pay_stated=True)
    found += _for_profit(uow, pointer, words, today, {facts["rule"] for _, facts in found})
    warnings = [{"pointer": at, "code": "guard_hit", "facts": facts} for at, facts in found]
    refuse_blocked(warnings, language)
    doubtful = held_back(warnings)
    if doubtful:
        errors = errors_of(doubtful, language)
        raise Refused(
            "balance_words_doubtful", errors=errors, hits=[{"pointer": each.pointer, **each.facts} for each in errors]
        )
    check_quoted(pointer, words, uow.ctx.rulebook(), today, language)
