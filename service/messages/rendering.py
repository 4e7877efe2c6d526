"""Turns a message's template and parameters into the sentence that a person reads, in that person's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.i18n import DEFAULT, catalogue, clock_of, render, said_instant, said_minutes, said_month
from service.i18n.saying import NAMED, problem_sentence
from service.money import format_yuan
from service.reference.catalogue import certificates, enums, reasons, trades
from service.reference.rules import labelled
from service.worktime import local_day

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_CODE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*")
_LABELS = {
    "means": "pay_means",
    "settlement": "settlement",
    "pay_unit": "pay_unit",
    "tier": "cancel_tier",
    "was_kind": "lent_day_kind",
    "is_kind": "lent_day_kind",
}


def message_text(
    template: str,
    params: Mapping[str, Any],
    language: str,
    *,
    asks: str | None = None,
    tag: str | None = None,
    code: str | None = None,
    employer: str | None = None,
    by_reply: bool = True,
    at: datetime | None = None,
) -> str:
    """The sentence, followed by how to answer when something is asked; not everything can be replied to. `at`: when it
    was said; days of another year are given with their year."""
    facts = presented(params, language, at=at) | {"employer": employer or render("format.some_employer", language)}
    text = render(f"message.{template}", language, **facts)
    if not asks:
        return text
    return f"{text}{_hint(asks, tag, code, language) if by_reply else render('hint.elsewhere', language)}"


def _hint(asks: str | None, tag: str | None, code: str | None, language: str) -> str:
    key = f"hint.{asks}"
    return render(key if key in catalogue(language) else "hint.yes_no", language, tag=tag or "", code=code or "")


def presented(params: Mapping[str, Any], language: str, *, at: datetime | None = None) -> dict[str, Any]:
    """Parameters as people read them: fen as yuan (with its unit as `pay`), minutes as hours, instants and days in
    Shanghai time (with the year where it is not that of `at`), codes by their labels, lists with the separator of the
    language."""
    year = local_day(at).year if at is not None else None
    made = {name: _presented(name, value, language, year) for name, value in params.items()}
    if isinstance(params.get("pay_fen"), int) and params.get("pay_unit"):
        made["pay"] = render(f"said.pay.{params['pay_unit']}", language, amount=made["pay_fen"])
    if "problem" in params:
        # A refusal's own facts go into its sentence: {"problem": code, "facts": {...}}.
        code, facts = str(params["problem"]), params.get("facts") or {}
        named = NAMED.get(code, {})
        plain = {
            key: value if key in named or isinstance(value, list) else _presented(key, value, language, year)
            for key, value in facts.items()
        }
        made["problem"] = problem_sentence(code, language, plain)
    return made


def stamps(params: Mapping[str, Any]) -> dict[str, str]:
    """The instants and days among parameters with their year, in Chinese, as forms take them that check what is filled
    in."""
    found = {name: _stamp(value) for name, value in params.items() if isinstance(value, str)}
    return {name: said for name, said in found.items() if said is not None}


def stamp(instant: datetime) -> str:
    """Year, month, day and time of day in Shanghai."""
    return render("format.stamp", DEFAULT, day=_stamp_of_day(local_day(instant)), clock=clock_of(instant))


def _stamp(value: str) -> str | None:
    try:
        if _INSTANT.match(value):
            return stamp(datetime.fromisoformat(value))
        return _stamp_of_day(date.fromisoformat(value)) if _DAY.fullmatch(value) else None
    except ValueError:
        return None  # somebody's words


def _stamp_of_day(day: date) -> str:
    return render("format.stamp_of_day", DEFAULT, year=day.year, month=day.month, day=day.day)


def _presented(name: str, value: Any, language: str, year: int | None) -> Any:
    if isinstance(value, list):
        named = certificates() if name == "certificates" else {}
        said = (labelled(named.get(each), str(each), language) for each in value)
        return render("draft.separator", language).join(said)
    if name.endswith("_fen") and isinstance(value, int):
        return format_yuan(value).removesuffix(".00")
    if name.endswith("_minutes") and isinstance(value, int):
        return said_minutes(value, language)
    if isinstance(value, str) and _INSTANT.match(value):
        return _instant(value, language, year)
    if isinstance(value, str) and _DAY.fullmatch(value):
        return _day(value, language, year)
    if isinstance(value, str) and _MONTH.fullmatch(value):
        return render("format.month", language, year=value[:4], month=said_month(int(value[5:]), language))
    if isinstance(value, str) and _CODE.fullmatch(value):
        return _label(name, value, language)
    return value


def _instant(value: str, language: str, year: int | None) -> str:
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    said = said_instant(instant, language)
    own = local_day(instant).year
    return said if own == (year or own) else render("format.of_year", language, year=own, said=said)


def _day(value: str, language: str, year: int | None) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    said = _said_day(day, language)
    return said if day.year == (year or day.year) else render("format.of_year", language, year=day.year, said=said)


def _said_day(day: date, language: str) -> str:
    return render("format.day", language, month=said_month(day.month, language), day=day.day)


def _label(name: str, code: str, language: str) -> str:
    if name == "reason":
        label: Any = next((kind[code] for kind in reasons().values() if code in kind), None)
    elif name == "trade":
        label = trades().get(code)
    else:
        label = enums().get(_LABELS.get(name, name), {}).get(code)
    return labelled(label, code, language)
