"""What may be said of a worker: birth date and age, where, how long somebody waits, who acts for whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from service.errors import Refused
from service.identity_numbers import INTRODUCTION_AGE, adult_from, introducible_from
from service.text import fold_tight, redact
from service.worktime import add_months, at_local, local_day

DEFAULT_RADIUS_M = 10_000
WAITING_ENDS_MINUTE = 20 * 60  # who says nothing waits until eight in the evening
WORK_DAY_ENDS_MINUTE = 4 * 60  # night work belongs to the day before; roadside markets open again at four
MOST_SKILLS = 30
MOST_CERTIFICATES = 30
MOST_BLOCKS = 200
WRONG_CODES = "code.wrong"  # what is counted, by account and by employer
WRONG_CODES_MOST = ((timedelta(minutes=10), 10), (timedelta(hours=24), 50))
_NOT_CROCKFORD = re.compile(r"[\s-]+")


# -- who somebody is ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Birth:
    """A birth date with its basis (id_number, officer, self_declared); both None when nothing is known.

    Only a date that stands in an identity number or that an officer has seen makes somebody introducible:
    a date that a person merely types would let a child in by typing (禁止使用童工规定 art. 4; INV-07).
    """

    day: date | None = field(repr=False)
    basis: str | None

    @property
    def counts(self) -> bool:
        """Whether the date is good enough to introduce work on."""
        return self.day is not None and self.basis in ("id_number", "officer")

    @property
    def introducible_from(self) -> date | None:
        """The day after the 16th birthday, where the date counts."""
        return introducible_from(self.day) if self.day and self.counts else None

    @property
    def adult_from(self) -> date | None:
        """The day after the 18th birthday, where the date counts."""
        return adult_from(self.day) if self.day and self.counts else None


def settle_birth(number_birth: date | None, typed: date | None, today: date, *, by_officer: bool) -> Birth:
    """The birth date to keep: the number's, else the typed one, which an officer has seen on a paper or not.

    Raises Refused id_birth_future (today or later), under_age (before the day after the 16th birthday,
    whatever the basis; 禁止使用童工规定 art. 2).
    """
    day = number_birth or typed
    pointer = "/id_number" if number_birth else "/birth_date"
    if day is None:
        return Birth(None, None)
    if day >= today:
        raise Refused("id_birth_future", field=pointer)
    if today < introducible_from(day):
        raise Refused("under_age", field=pointer, years=INTRODUCTION_AGE)
    return Birth(day, "id_number" if number_birth else ("officer" if by_officer else "self_declared"))


def missing_facts(
    introducible: date | None, today: date, *, has_home: bool, has_times: bool, waits: bool
) -> tuple[str, ...]:
    """Codes of what keeps a person from being found: birth_date, age, home, availability."""
    lacking = []
    if introducible is None:
        lacking.append("birth_date")
    elif today < introducible:
        lacking.append("age")
    if not has_home:
        lacking.append("home")
    if not has_times and not waits:
        lacking.append("availability")
    return tuple(lacking)


def may_be_introduced(introducible: date | None, today: date) -> bool:
    """Whether somebody may be introduced to work (INV-07): the age is known well enough, and reached."""
    return introducible is not None and today >= introducible


def require_introducible(introducible: date | None, today: date) -> None:
    """Nobody waits for work who may not be introduced to it (INV-07). Raises Refused birth_date_needed, under_age."""
    if introducible is None:
        raise Refused("birth_date_needed")
    if today < introducible:
        raise Refused("under_age", years=INTRODUCTION_AGE)


def check_free_of_numbers(pointer: str, *texts: str | None) -> None:
    """Free text is shown to others: no phone or identity number in it. Raises Refused text_personal."""
    if any(text and redact(text) != text for text in texts):
        raise Refused("text_personal", field=pointer)


# -- trades and papers --------------------------------------------------------------------------------


def same_words(a: str, b: str) -> bool:
    """Whether two free names are one: width, case and blanks do not count."""
    return fold_tight(a) == fold_tight(b)


def certificate_days(
    valid_from: date | None, valid_until: date | None, months: int | None
) -> tuple[date | None, date | None]:
    """The days kept: a missing end follows from the kind's months. Raises Refused certificate_days."""
    if valid_from and not valid_until and months:
        valid_until = add_months(valid_from, months) - timedelta(days=1)
    if valid_from and valid_until and valid_until < valid_from:
        raise Refused("certificate_days", field="/valid_until")
    return valid_from, valid_until


def check_verifiable(valid_from: date | None, valid_until: date | None, months: int | None, today: date) -> None:
    """An officer confirms a paper that is good today. Raises Refused certificate_end_needed, certificate_not_valid."""
    if months and valid_until is None:
        raise Refused("certificate_end_needed")
    if (valid_from and today < valid_from) or (valid_until and valid_until < today):
        raise Refused("certificate_not_valid")


# -- waiting for work ---------------------------------------------------------------------------------


def default_until(now: datetime) -> datetime:
    """20:00 today in Shanghai, or tomorrow's when that is past."""
    today = at_local(local_day(now), WAITING_ENDS_MINUTE)
    return today if now < today else at_local(local_day(now) + timedelta(days=1), WAITING_ENDS_MINUTE)


def latest_until(now: datetime) -> datetime:
    """The end of the work day that `default_until` lies in: the 04:00 after it."""
    return at_local(local_day(default_until(now)) + timedelta(days=1), WORK_DAY_ENDS_MINUTE)


def waiting_until(asked: datetime | None, now: datetime) -> datetime:
    """Until when somebody waits. Raises Refused waiting_past, waiting_too_long (facts: latest)."""
    until = asked or default_until(now)
    if until <= now:
        raise Refused("waiting_past", field="/until")
    if until > latest_until(now):
        raise Refused("waiting_too_long", field="/until", latest=latest_until(now))
    return until


# -- crews --------------------------------------------------------------------------------------------


def crew_needs(least: int, joined: int) -> int:
    """How many of a crew must get a seat: `least`, at most everybody who is in."""
    return max(1, min(least, joined))


def check_crew_has_room(people: int, most: int) -> None:
    """Raises Refused crew_full when those in it and those asked are already `most`."""
    if people >= most:
        raise Refused("crew_full", most=most)


# -- codes --------------------------------------------------------------------------------------------


def card_form(typed: str) -> str:
    """A card's code as it is kept: upper case, no blanks, the letters that Crockford's alphabet leaves out read
    as the digits they look like."""
    return _NOT_CROCKFORD.sub("", typed).upper().translate({ord("O"): "0", ord("I"): "1", ord("L"): "1"})


def retry_after(wrong: Iterable[datetime], now: datetime) -> int:
    """Seconds until another code may be tried; 0 when now (checklist 5.2: tries are few)."""
    times, wait = sorted(wrong), 0
    for window, most in WRONG_CODES_MOST:
        recent = [at for at in times if at > now - window]
        if len(recent) >= most:
            wait = max(wait, 1, int((recent[-most] + window - now).total_seconds()))
    return wait


# -- one person, two records --------------------------------------------------------------------------


def merged_fields(kept: Mapping[str, Any], given_up: Mapping[str, Any]) -> dict[str, Any]:
    """What the kept profile takes over: only what it does not know itself, a home point as a whole."""
    taken = {name: value for name, value in given_up.items() if value is not None and kept.get(name) is None}
    home = {"home_lon", "home_lat", "home_datum", "home_approximate"}
    if kept.get("home_lon") is not None:
        taken = {name: value for name, value in taken.items() if name not in home}
    elif given_up.get("home_lon") is not None:
        taken |= {name: given_up[name] for name in home}
    return taken
