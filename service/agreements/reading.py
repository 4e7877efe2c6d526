"""Facts as an employer sends them: each of the kind that its blank is, so that no paper contradicts itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from service.agreements.rules.lawful import INTERVAL_OF
from service.errors import FieldError, Refused
from service.text import TextRefused, clean_paragraph

if TYPE_CHECKING:
    from service.agreements.data import Blank, Template
    from service.policies.serving import AgreementsPolicy

LONGEST = 600
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
OF_UNIT = {"minutes": "agreement_fact_minutes", "days": "agreement_fact_days"}
WHOLE = re.compile(r"0|[1-9][0-9]{0,5}")


def read_facts(
    given: Mapping[str, str], template: Template, limits: AgreementsPolicy, works_until: date
) -> dict[str, Any]:
    """Texts, whole numbers and days by the names of the blanks; a choice as the paper says it, and with a way of
    settling the days between two payments. `works_until`: the last day of the work that it is drawn for.

    Raises Refused `agreement_fact_unknown`, `agreement_fact_fixed`, `agreement_fact_choice`, `agreement_fact_minutes`,
    `agreement_fact_days`, `agreement_fact_day`, `agreement_fact_day_early`, or the code of a text that cannot be kept.
    """
    blanks = {each.code: each for each in template.blanks if each.filled != "contract"}
    said: dict[str, Any] = {}
    for name, text in given.items():
        place = f"/facts/{name}"
        if name not in blanks:
            known = sorted(code for code, each in blanks.items() if each.filled != "record")
            raise Refused("agreement_fact_unknown", field=place, expected=", ".join(known))
        if blanks[name].filled == "record":
            raise Refused("agreement_fact_fixed", field=place)
        clean = _clean(text, place)
        said[name] = _read(blanks[name], clean, template.code, limits, works_until)
        if name == "settlement":
            said["pay_interval_days"] = INTERVAL_OF[clean]
    return said


def _clean(text: str, place: str) -> str:
    try:
        return clean_paragraph(text, LONGEST)
    except TextRefused as refused:
        raise Refused(refused.code, field=place) from None


def _read(blank: Blank, text: str, template: str, limits: AgreementsPolicy, works_until: date) -> Any:
    place = f"/facts/{blank.code}"
    if blank.kind == "choice":
        choices = {each.code: each for each in blank.choices_of(template)}
        if text not in choices:
            words = [{"zh": f"{code} {each.zh}", "en": f"{code} {each.en}"} for code, each in choices.items()]
            raise Refused("agreement_fact_choice", field=place, expected=", ".join(choices), words=words)
        return choices[text].zh
    if blank.kind == "whole":
        least, most = blank.least or 0, blank.most_of(limits) or 0
        if not WHOLE.fullmatch(text) or not least <= int(text) <= most:
            raise Refused(OF_UNIT[blank.unit or ""], field=place, least=least, most=most)
        return int(text)
    return _day(text, place, works_until) if blank.kind == "day" else text


def _day(text: str, place: str, works_until: date) -> date:
    try:
        if not DAY.fullmatch(text):
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("agreement_fact_day", field=place) from None
    if day < works_until:
        raise Refused("agreement_fact_day_early", field=place, first_day=works_until.isoformat())
    return day


def asked_of(template: Template) -> dict[str, FieldError]:
    """What is said of each fact of a template that can be sent and is lacking, by its name."""
    return {
        each.code: FieldError(
            "/contract" if each.filled == "contract" else f"/facts/{each.code}",
            "agreement_fact_missing",
            {"name": {"zh": each.zh, "en": each.en}},
        )
        for each in template.blanks
        if each.filled != "record"
    }
