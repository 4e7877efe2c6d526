"""What whoever opens a case is told at once: what will happen by when, whom to call, what to keep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from service.cases.ways import OWN_DESK, fact_on, kinds, ways_for
from service.i18n import render, said_month
from service.reference.rules import named

if TYPE_CHECKING:
    from service.cases.tables import CaseDeadlineRow, CaseRow

STEPS = ("acknowledge", "triage", "answer")
BEFORE_CALLS = ("received", "triaged", "need_info", "reopened")


def help_of(
    row: CaseRow, deadlines: Sequence[CaseDeadlineRow], day: date, closes_on: date | None, language: str
) -> list[dict[str, str]]:
    """Sentences in the reader's language, what is urgent first. `closes_on`: when a result closes by itself."""
    kind = kinds(day).get(row.kind)
    made: list[dict[str, str]] = []
    if kind is not None and kind.call:
        made.append(_say("call", language, numbers=render("format.between_words", language).join(kind.call)))
    for each in deadlines:
        if each.way == OWN_DESK and each.step in STEPS and each.state == "running" and each.due_on is not None:
            made.append(_say(each.step, language, day=said_day(each.due_on, language)))
    if closes_on is not None:
        made.append(_say("closes", language, day=said_day(closes_on, language)))
    if kind is not None and kind.mediation and row.state in BEFORE_CALLS and not row.urgent and not row.shielded:
        made.append(_say("mediation", language))
    made.append(_say("shielded" if row.shielded else "open", language))
    fact = fact_on(row.kind, row.city_code)
    if fact is not None:
        made.append({"code": "fact", "text": named(fact, language)})
    if row.noun in ("engagement", "pay_record", "lent") and row.complainant_id is not None:
        made.append(_say("extract", language))
    ways = [way for way in ways_for(row.kind, row.city_code, day) if way.code != OWN_DESK]
    names = render("format.between_words", language).join(named(way, language) for way in ways)
    made.append(_say("ways", language, ways=names))
    return [*made, _say("number", language, number=row.number)]


def _say(code: str, language: str, **facts: Any) -> dict[str, str]:
    return {"code": code, "text": render(f"case.help.{code}", language, **facts)}


def said_day(day: date, language: str) -> str:
    """A day as people say it."""
    return render("case.day", language, year=day.year, month=said_month(day.month, language), day=day.day)


def hotlines_of(row: CaseRow, day: date, language: str) -> list[dict[str, str]]:
    """Numbers of the place for this kind, those to call at once first."""
    kind = kinds(day).get(row.kind)
    found = {number: render(f"case.call.{number}", language) for number in (kind.call if kind is not None else ())}
    for way in ways_for(row.kind, row.city_code, day):
        if way.hotline is not None:
            found.setdefault(way.hotline, named(way, language))
    return [{"number": number, "name": name} for number, name in found.items()]
