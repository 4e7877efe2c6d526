"""How pages say pay, times, places and codes: a few words in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.i18n import render, said_month
from service.money import short_yuan
from service.reference.catalogue import certificates, enums, reasons, regions, trades
from service.reference.rules import MUNICIPALITIES, labelled
from service.worktime import SHANGHAI


def yuan(fen: int) -> str:
    """Whole fen as yuan without idle zeros."""
    return short_yuan(fen)


def said_pay(pay: Mapping[str, Any], language: str) -> str:
    """An amount or a range with its unit; `pay` has amount_fen, most_fen, unit, unit_label."""
    least, most = pay["amount_fen"], pay.get("most_fen")
    amount = yuan(least) if most is None or most == least else f"{yuan(least)}–{yuan(most)}"
    if pay.get("unit_label"):
        return render("said.pay_labelled", language, amount=amount, label=pay["unit_label"])
    return render(f"said.pay.{pay['unit']}", language, amount=amount)


def said_code(kind: str, code: str, language: str) -> str:
    """A code of `enums` by its label; an unknown one answers itself."""
    return labelled(enums()[kind].get(code), code, language)


def said_reason(kind: str, code: str, language: str) -> str:
    """A coded reason by its label; an unknown one answers itself."""
    return labelled(reasons()[kind].get(code), code, language)


def said_trade(code: str, language: str) -> str:
    """A trade by its name."""
    return labelled(trades().get(code), code, language)


def said_certificate(code: str, language: str) -> str:
    """A kind of certificate by its name."""
    return labelled(certificates().get(code), code, language)


def said_region(code: str, language: str) -> str:
    """A province, city or district by its name alone."""
    found = regions().get(code)
    return render("said.unknown_place", language, code=code) if found is None else labelled(found, code, language)


def said_place(city_code: str, district_code: str | None, language: str) -> str:
    """City and district in the order of the language."""
    names = [said_region(code, language) for code in (city_code, district_code) if code]
    return ", ".join(reversed(names)) if language == "en" else "".join(names)


def province_of(city_code: str) -> str:
    """The code of the province around a city."""
    return f"{city_code[:2]}0000"


def is_municipality(city_code: str) -> bool:
    """Whether a city is a province of its own, so that naming both would say it twice."""
    return province_of(city_code) in MUNICIPALITIES


def said_day(instant: datetime, language: str) -> str:
    """Day and weekday on Shanghai's calendar."""
    local = instant.astimezone(SHANGHAI)
    weekday = render("said.weekdays", language).split()[local.weekday()]
    month = said_month(local.month, language)
    return render("said.day", language, month=month, day=local.day, weekday=weekday)


def said_date(instant: datetime, language: str) -> str:
    """Year, month and day on Shanghai's calendar."""
    local = instant.astimezone(SHANGHAI)
    return render("said.date", language, year=local.year, month=local.month, day=local.day)


def said_span(starts_at: datetime, ends_at: datetime, language: str) -> str:
    """A day with its hours; one that ends on the next day says so."""
    start, end = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    key = "said.from_to" if start.date() == end.date() else "said.over_midnight"
    return render(key, language, day=said_day(start, language), start=f"{start:%H:%M}", end=f"{end:%H:%M}")


def listed(parts: list[str], language: str) -> str:
    """Words in a row, with the language's separator."""
    return render("said.separator", language).join(parts)


def said_phone(number: str) -> str:
    """A mobile number of the mainland in the groups in which it is read out; any other as it is."""
    plain = number.removeprefix("+86")
    return f"{plain[:3]} {plain[3:7]} {plain[7:]}" if number.startswith("+86") and len(plain) == 11 else number
