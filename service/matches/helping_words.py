"""Outlooks and unlocks in words."""

from __future__ import annotations

from typing import Any

from service.i18n import render, said_minutes
from service.matches.helping import Counted, OutlookView, UnlocksView
from service.matches.schemas import GainOut, OnlyOut, OutlookOut, UnlockOut, UnlocksOut
from service.matches.sentences import code_label
from service.money import short_yuan
from service.reference.catalogue import certificates
from service.reference.rules import labelled


def outlook_out(found: OutlookView, language: str) -> OutlookOut:
    """With one sentence for the whole and one for each change."""
    people = {name: _people(getattr(found, name), language) for name in ("fit", "free", "content")}
    return OutlookOut(
        at=found.at,
        starts_at=found.starts_at,
        fit=found.fit.people,
        free=found.free.people,
        content=found.content.people,
        only=[
            OnlyOut(code=code, label=code_label(code, language), people=count.people)
            for code, count in found.only.items()
        ],
        gains=[
            GainOut(
                kind=gain.kind,
                facts=_facts(gain.facts),
                people=count.people,
                text=_said(f"outlook.gain.{gain.kind}", gain.facts, language, people=_people(count, language)),
            )
            for gain, count in found.gains
        ],
        text=render("outlook.said", language, **people),
    )


def unlocks_out(found: UnlocksView, language: str) -> UnlocksOut:
    """With one sentence for each change."""
    return UnlocksOut(
        at=found.at,
        open_now=found.open_now,
        unlocks=[
            UnlockOut(
                kind=each.kind,
                facts=_facts(each.facts),
                shifts=each.more,
                text=_said(f"unlock.{each.kind}", each.facts, language, shifts=each.more),
            )
            for each in found.unlocks
        ],
    )


def _people(count: Counted, language: str) -> str:
    return render("outlook.few", language) if count.people is None else str(count.people)


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    """Degrees as everywhere on the wire."""
    made = {name: value for name, value in facts.items() if not name.endswith("_e6")}
    if "lat_e6" in facts:
        made |= {"lon": facts["lon_e6"] / 1e6, "lat": facts["lat_e6"] / 1e6}
    return made


def _said(code: str, facts: dict[str, Any], language: str, **more: Any) -> str:
    words: dict[str, Any] = dict(facts) | more
    if "certificate" in facts:
        words["certificate"] = labelled(certificates().get(facts["certificate"]), facts["certificate"], language)
    if "by_minutes" in facts:
        code += ".later" if facts["by_minutes"] > 0 else ".earlier"
        words["minutes"] = said_minutes(abs(facts["by_minutes"]), language)
    if "by_fen" in facts:
        words["yuan"] = short_yuan(facts["by_fen"])
        words["unit"] = render(f"outlook.unit.{facts['unit']}", language)
    if "toward" in facts:
        words["toward"] = render(f"outlook.toward.{facts['toward']}", language)
        words["kilometres"] = f"{facts['distance_m'] / 1000:.0f}"
    if "radius_m" in facts:
        words["kilometres"] = facts["radius_m"] // 1000
    if "hours" in facts:
        words["hours"] = render(f"unlock.hours.{facts['hours']}", language)
    return render(code, language, **words)
