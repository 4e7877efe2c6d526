"""A supply posting in words, line by line, as its page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from service.http.html import words
from service.i18n import render
from service.reference.catalogue import enums

if TYPE_CHECKING:
    from service.supplies.views import SupplyView


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what is said under it, one or several lines."""

    label: str
    said: Sequence[str]


def said_wish(supply: SupplyView, language: str) -> str:
    """What is hoped for, or that it is settled in talk."""
    if supply.pay_wish_fen is None:
        return render("supply.pay_open", language)
    return words.said_pay({"amount_fen": supply.pay_wish_fen, "unit": supply.pay_wish_unit}, language)


def lines_of(supply: SupplyView, language: str) -> list[Line]:
    """Everything worth knowing; what was not said is left out."""
    found = (
        ("work", [words.listed([each.label for each in supply.trades], language)]),
        ("papers", [words.listed([each.label for each in supply.certificates], language)]),
        ("place", [_place(supply, language)]),
        (
            "modes",
            [words.listed([words.said_code("work_mode", each, language) for each in supply.work_modes], language)],
        ),
        ("time", _times(supply.weekly, language)),
        ("permit", [render("supply.permit_free", language)] if supply.licence_exempt else []),
        ("until", [words.said_date(supply.valid_until, language)]),
    )
    kept = ((name, [text for text in said if text]) for name, said in found)
    return [Line(render(f"supply.{name}", language), said) for name, said in kept if said]


def _place(supply: SupplyView, language: str) -> str:
    if set(supply.work_modes) == {"remote"}:
        return render("supply.anywhere", language)
    city = words.said_region(supply.city_code, language)
    if not supply.district_codes:
        return render("supply.whole_city", language, place=city)
    named = words.listed([words.said_region(code, language) for code in supply.district_codes], language)
    return render("supply.districts", language, place=city, districts=named)


def _times(weekly: Sequence[Mapping[str, Any]] | None, language: str) -> list[str]:
    """Free hours, the days of the same hours together."""
    days: dict[tuple[str, str], list[int]] = {}
    for window in weekly or ():
        days.setdefault((window["start"], window["end"]), []).append(window["weekday"])
    names = list(enums()["weekday"])
    return [
        f"{words.listed([words.said_code('weekday', names[day], language) for day in sorted(which)], language)} "
        f"{start}–{end}"
        for (start, end), which in sorted(days.items(), key=lambda each: (min(each[1]), each[0]))
    ]
