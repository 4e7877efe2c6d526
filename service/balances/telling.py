"""A surplus or shortage in words: one line of a list, and everything of it on its own page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.http.html import words
from service.i18n import render
from service.reference.catalogue import seasons
from service.reference.rules import labelled

if TYPE_CHECKING:
    from service.balances.views import BalanceView, Coded

NAMED = 3  # conditions of a list on one line
IN_SHORT = {"surplus": ("needs",), "shortage": ("offers", "asks")}
IN_FULL = {"surplus": ("needs", "wishes", "accepts"), "shortage": ("offers", "asks")}


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """One line; `path` leads to its own page, `through` names the agency that has entered it, or is empty."""

    path: str
    side: str
    title: str
    firm: str
    through: str
    when: str
    where: str
    pay: str
    conditions: str


@dataclass(frozen=True, slots=True)
class Said:
    """A label and what is said under it, one or several lines."""

    label: str
    said: Sequence[str]


def line_of(each: BalanceView, language: str) -> BalanceLine:
    """What a list, a screen and a sheet show of it."""
    place = each.place
    district = place.district_code
    return BalanceLine(
        path=f"/shared_labour/{each.id}",
        side=render(f"balance.side.{each.side}", language),
        title=render("balance.line", language, trade=each.trade.label, count=each.left),
        firm=each.employer_name,
        through=render("balance.through", language, agency=each.agency_name) if each.agency_name else "",
        when=render("balance.days", language, first=each.first_day.isoformat(), last=each.last_day.isoformat()),
        where=words.said_region(district, language) if district else words.said_place(place.city_code, None, language),
        pay=_pay(each, language),
        conditions=" · ".join(_short(each, name, language) for name in IN_SHORT[each.side] if getattr(each, name)),
    )


def lines_of(each: BalanceView, language: str) -> list[Said]:
    """Everything worth knowing; what was not said is left out."""
    place = each.place
    found: list[tuple[str, Sequence[str | None]]] = [
        ("firm", [each.employer_name, line_of(each, language).through]),
        ("time", _days(each, language)),
        ("place", [words.said_place(place.city_code, place.district_code, language), place.address]),
    ]
    found += [(name, [_labels(getattr(each, name), language)]) for name in IN_FULL[each.side]]
    found += [
        ("season", [_season(each.season, language)]),
        ("elsewhere", [render(f"balance.elsewhere_{'yes' if each.crosses_region else 'no'}", language)]),
    ]
    kept = ((name, [text for text in said if text]) for name, said in found)
    return [Said(render(f"balance.label.{name}", language), said) for name, said in kept if said]


def _pay(each: BalanceView, language: str) -> str:
    if each.pay_fen is None:
        return render("balance.pay_open", language)
    key = "balance.pay_least" if each.side == "surplus" else "balance.pay"
    return render(key, language, yuan=words.yuan(each.pay_fen))


def _days(each: BalanceView, language: str) -> list[str]:
    """From day to day, how many they are, and the fewest."""
    count = (each.last_day - each.first_day).days + 1
    said = [line_of(each, language).when, render("balance.days_count", language, count=count)]
    return said + ([render("balance.days_least", language, count=each.least_days)] if each.least_days else [])


def _short(each: BalanceView, name: str, language: str) -> str:
    """The first conditions of a list; more of them are told by «…»."""
    codes = getattr(each, name)
    said = _labels(codes[:NAMED], language) + ("…" if len(codes) > NAMED else "")
    return render(f"balance.short.{name}", language, said=said)


def _labels(codes: Sequence[Coded], language: str) -> str:
    return words.listed([each.label for each in codes], language)


def _season(code: str | None, language: str) -> str:
    found = next((row for row in seasons() if row.season == code), None) if code else None
    return "" if found is None else labelled(found, code or "", language)
