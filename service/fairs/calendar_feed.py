"""Fairs as an iCalendar (RFC 5545): one event a session, same session same UID, each change a higher SEQUENCE; what is
called off is CANCELLED and never just gone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, Timezone

from service.fairs.showing import said_audience, said_state
from service.http.html import words
from service.i18n import render
from service.worktime import SHANGHAI, at_local

if TYPE_CHECKING:
    from service.fairs.rules import Session
    from service.fairs.views import FairView

PRODUCT = "-//Linggong//Fairs//EN"
ASKED_AGAIN_AFTER = "PT1H"


def calendar_of(fairs: Sequence[FairView], name: str, base_url: str, language: str) -> bytes:
    """Every session of the fairs, those that are cut too."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    made.add("x-wr-timezone", str(SHANGHAI))
    made.add("x-published-ttl", ASKED_AGAIN_AFTER)
    made.add_component(Timezone.from_tzid(str(SHANGHAI)))
    for fair in fairs:
        for session in fair.sessions:
            made.add_component(_event(fair, session, f"{base_url}/fairs/{fair.id}", language))
    return bytes(made.to_ical())


def status_of(fair: FairView, session: Session) -> str:
    """A session that will not be held is cancelled, also one before the day on which a suspended fair comes back."""
    if fair.state == "called_off" or session.cut:
        return "CANCELLED"
    if fair.state != "suspended" or fair.returns_on is None:
        return "CONFIRMED"
    if session.ends_at <= fair.updated_at:
        return "CONFIRMED"
    return "CANCELLED" if session.starts_at < at_local(fair.returns_on, 0) else "TENTATIVE"


def _event(fair: FairView, session: Session, url: str, language: str) -> Event:
    status = status_of(fair, session)
    event = Event()
    event.add("uid", f"fair-{fair.id}-{session.number}@linggong")
    event.add("dtstamp", fair.updated_at)
    event.add("created", fair.created_at)
    event.add("last-modified", fair.updated_at)
    event.add("sequence", fair.version)
    event.add("dtstart", _local(session.starts_at))
    event.add("dtend", _local(session.ends_at))
    event.add("summary", fair.title)
    event.add("location", fair.address or fair.online_url or "")
    event.add("description", _described(fair, language))
    event.add("url", url)
    event.add("status", status)
    event.add("transp", "TRANSPARENT")
    if fair.point is not None:
        lon, lat = fair.point.coordinates
        event.add("geo", (lat, lon))
    return event


def _described(fair: FairView, language: str) -> str:
    said = (
        said_state(fair, language),
        words.said_code("fair_kind", fair.kind, language),
        said_audience(fair.audience, language),
        render("fair.calendar_organiser", language, organiser=fair.organiser),
        fair.description,
        fair.online_url,
        render("page.free", language),
    )
    return "\n".join(text for text in said if text)


def _local(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)
