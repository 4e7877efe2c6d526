"""Fairs in words: one's own place, what figures say, and the lines of a fair's page and of its list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from service.fairs.rules import Session, held
from service.http.html import words
from service.i18n import render

if TYPE_CHECKING:
    from service.fairs.tables import ProposalRow
    from service.fairs.views import BoothView, FairView


@dataclass(frozen=True, slots=True)
class Line:
    """A label and what is said under it, one or several lines."""

    label: str
    said: Sequence[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A fair as one line of a list."""

    path: str
    title: str
    kind: str
    state: str | None
    where: str
    when: str


@dataclass(frozen=True, slots=True)
class Stand:
    """A booth on a page: its number, whose it is, and the jobs there with their addresses."""

    number: int
    name: str
    jobs: Sequence[tuple[str, str]]


def said_audience(codes: Sequence[str], language: str) -> str:
    """For whom; everybody unless said."""
    if not codes:
        return render("fair.everybody", language)
    return words.listed([words.said_code("priority_group", each, language) for each in codes], language)


def said_state(fair: FairView, language: str) -> str | None:
    """What a reader has to know first; nothing of a fair that is simply to come."""
    if fair.state == "suspended" and fair.returns_on is not None:
        day = words.said_date(datetime.combine(fair.returns_on, time(4), UTC), language)
        return render(
            "fair.is_suspended", language, reason=_reason("fair_suspend", fair.suspend_reason, language), day=day
        )
    if fair.state == "called_off":
        reason = _reason("fair_call_off", fair.call_off_reason, language)
        return render("fair.is_called_off", language, reason=reason)
    return render(f"fair.is_{fair.state}", language) if fair.state in ("running", "over") else None


def said_where(fair: FairView, language: str) -> str:
    """City and district, or that it is held online."""
    place = words.said_place(fair.city_code, fair.district_code, language)
    return render("fair.online", language, place=place) if fair.kind == "online" else place


def lines_of(fair: FairView, language: str) -> list[Line]:
    """Everything worth knowing; what does not apply is left out."""
    coming = fair.state in ("announced", "running")
    found = (
        ("kind", [words.said_code("fair_kind", fair.kind, language)]),
        ("time", [_span(each, language) for each in held(fair.sessions)]),
        ("place", [said_where(fair, language), fair.address or ""]),
        ("for", [said_audience(fair.audience, language)]),
        ("organiser", [fair.organiser]),
        ("hotline", [fair.hotline or ""]),
        ("places", [_places(fair, language)] if coming else []),
        ("results", [_results(fair, language)]),
    )
    kept = ((name, [text for text in said if text]) for name, said in found)
    return [Line(render(f"fair.line.{name}", language), said) for name, said in kept if said]


def entry_of(fair: FairView, language: str) -> Entry:
    """A line of the list."""
    sessions = held(fair.sessions)
    when = _span(sessions[0], language)
    if len(sessions) > 1:
        when = render("fair.sessions", language, first=when, count=len(sessions))
    kind = words.said_code("fair_kind", fair.kind, language)
    return Entry(f"/fairs/{fair.id}", fair.title, kind, said_state(fair, language), said_where(fair, language), when)


def stand_of(booth: BoothView) -> Stand:
    """A booth of the page."""
    return Stand(booth.number, booth.employer_name, [(each.title, f"/jobs/{each.id}") for each in booth.postings])


def _span(session: Session, language: str) -> str:
    return words.said_span(session.starts_at, session.ends_at, language)


def _places(fair: FairView, language: str) -> str:
    if fair.capacity is None:
        return render("fair.places_open", language)
    left = fair.capacity - fair.taken
    return render("fair.places_left" if left > 0 else "fair.places_none", language, left=left, capacity=fair.capacity)


def _results(fair: FairView, language: str) -> str:
    if fair.results is None:
        return ""
    told = fair.results
    return render("fair.results", language, came=told.came, spoke=told.spoke, hired=told.hired)


def _reason(kind: str, code: str | None, language: str) -> str:
    return words.said_reason(kind, code or "other", language)


def calendar_name(region: str | None, language: str) -> str:
    """What a calendar program calls the fairs of a place."""
    place = words.said_region(region, language) if region else render("said.country", language)
    return render("fair.calendar_name", language, place=place)


def explained(row: ProposalRow, language: str) -> str:
    """The figures behind a proposal, in one sentence."""
    facts = {
        "place": words.said_place(row.city_code, district_of(row), language), "what": _said_subject(row, language),
        "seekers": row.seekers, "seats": row.seats, "seekers_least": row.seekers_least, "seats_least": row.seats_least,
        "days": row.days,
    }  # fmt: skip
    return render(f"fair.proposal.{row.measure}", language, **facts)


def proposed_title(row: ProposalRow, language: str) -> str:
    """What a proposed fair is called in its draft."""
    place = words.said_place(row.city_code, district_of(row), language)
    return render("fair.proposed_title", language, place=place, what=_said_subject(row, language))


def district_of(row: ProposalRow) -> str | None:
    """The district that a proposal is for, None where it is for a city."""
    return row.place_code if row.place_code != row.city_code else None


def _said_subject(row: ProposalRow, language: str) -> str:
    if row.subject == "trade":
        return words.said_trade(row.code, language)
    return words.said_code("priority_group", row.code, language)
