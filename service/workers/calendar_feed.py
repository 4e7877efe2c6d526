"""Seats as an iCalendar (RFC 5545): same seat, same UID; each change a higher SEQUENCE; a call-off is CANCELLED.

A lending is one event that comes again on its weekdays until its last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from icalendar import Calendar, Event, Timezone

from service.i18n import render
from service.workers.views import CalendarEntry
from service.worktime import SHANGHAI

PRODUCT = "-//Linggong//Worker calendar//EN"
STATUS = {"held": "TENTATIVE", "cancelled": "CANCELLED", "lent_off": "CANCELLED"}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
ASKED_AGAIN_AFTER = "PT1H"


def calendar_of(entries: Sequence[CalendarEntry], language: str) -> bytes:
    """The whole feed. It names place and employer, and nobody."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", render("calendar.name", language))
    made.add("x-wr-timezone", str(SHANGHAI))
    made.add("x-published-ttl", ASKED_AGAIN_AFTER)
    made.add_component(Timezone.from_tzid(str(SHANGHAI)))
    for entry in entries:
        made.add_component(_event(entry, language))
    return bytes(made.to_ical())


def _event(entry: CalendarEntry, language: str) -> Event:
    event = Event()
    event.add("uid", f"{entry.engagement_id}@linggong")
    event.add("dtstamp", entry.updated_at)
    event.add("created", entry.created_at)
    event.add("last-modified", entry.updated_at)
    event.add("sequence", entry.version)
    event.add("dtstart", _local(entry.starts_at))
    event.add("dtend", _local(entry.ends_at))
    event.add("summary", entry.title)
    event.add("location", entry.address)
    event.add("description", render(f"calendar.state.{entry.state}", language, employer=entry.employer))
    event.add("status", STATUS.get(entry.state, "CONFIRMED"))
    event.add("transp", "TRANSPARENT" if STATUS.get(entry.state) == "CANCELLED" else "OPAQUE")
    if entry.until is not None:
        days = [WEEKDAYS[day - 1] for day in entry.weekdays]
        event.add("rrule", {"freq": "weekly", "byday": days, "until": entry.until.astimezone(UTC)})
    return event


def _local(instant: datetime) -> datetime:
    return instant.astimezone(SHANGHAI)
