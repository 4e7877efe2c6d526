"""What access decides: how often a code may be sent, how long a session lasts, who is meant, which password."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from service.actor import STAFF
from service.errors import Forbidden, Refused
from service.policies.model import AccessPolicy

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICKET_LIFE = timedelta(minutes=30)  # long enough to fill in a registration with help
SPENT_REFRESH_KEPT = timedelta(days=30)  # a copy of a refresh token used later than this is merely unknown
LEAST_DIFFERENT_CHARACTERS = 5
NUMBER_CODES, PLACE_CODES = "code.number", "code.place"  # what is counted, by subject
NUMBER_FAILS, PLACE_FAILS, NAME_FAILS = "fail.number", "fail.place", "fail.name"
USERNAME = r"[a-z][a-z0-9._-]{2,39}"
# Speak for people of a whole city, or tell of calls between both sides: never for one employer.
CITY_SCOPES = frozenset({"sms:receive", "calls:report", "wechat:bind"})
SCOPES = (
    "postings:read", "postings:write", "imports:write", "shifts:read", "applications:read", "sms:receive",
    "calls:report", "wechat:bind", "webhooks:write", "feed:results",
)  # fmt: skip


# -- how often ----------------------------------------------------------------------------------------


def window_wait(times: Sequence[datetime], now: datetime, window: timedelta, most: int) -> timedelta:
    """How long until fewer than `most` of `times` lie within `window` before the present; 0 when now."""
    recent = sorted(at for at in times if at > now - window)
    if len(recent) < most:
        return timedelta(0)
    return recent[-most] + window - now


def code_wait(
    number: Sequence[datetime],
    place: Sequence[datetime],
    now: datetime,
    policy: AccessPolicy,
    *,
    at_kiosk: bool = False,
) -> int:
    """Whole seconds until a code may go to this number from this place (address or kiosk); 0 when now.

    Source: security checklist 5.2 (one in 60 s, 5 an hour and 10 a day per number, 20 an hour per place).
    """
    from_place = policy.otp_per_device_per_hour if at_kiosk else policy.otp_per_address_per_hour
    waits = (
        window_wait(number, now, timedelta(seconds=policy.otp_gap_seconds), 1),
        window_wait(number, now, HOUR, policy.otp_per_number_per_hour),
        window_wait(number, now, DAY, policy.otp_per_number_per_day),
        window_wait(place, now, HOUR, from_place),
    )
    return math.ceil(max(waits).total_seconds())


def pause_left(fails: Sequence[datetime], now: datetime, most: int, pause: timedelta) -> int:
    """Whole seconds that a path stays shut after `most` fails in 24 hours: a pause from the last one on."""
    recent = [at for at in fails if at > now - DAY]
    if len(recent) < most:
        return 0
    return max(0, math.ceil((max(recent) + pause - now).total_seconds()))


# -- how long -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SessionLife:
    """`idle` None: only `lasts` ends it. Without refresh tokens the access token lives as long as the session."""

    lasts: timedelta
    idle: timedelta | None
    access: timedelta
    refreshed: bool


def session_life(role: str, policy: AccessPolicy, *, at_kiosk: bool = False) -> SessionLife:
    """The life of a session by role and place (security checklist 5.2 and 5.3)."""
    access = timedelta(minutes=policy.access_token_minutes)
    if at_kiosk:
        longest = timedelta(minutes=policy.kiosk_session_minutes)
        return SessionLife(longest, timedelta(seconds=policy.kiosk_idle_seconds), longest, False)
    if role in STAFF:
        idle = timedelta(minutes=policy.staff_idle_minutes)
        return SessionLife(timedelta(minutes=policy.staff_session_minutes), idle, access, True)
    days = policy.worker_refresh_days if role == "worker" else policy.employer_refresh_days
    return SessionLife(timedelta(days=days), None, access, True)


def require_fresh(proved_at: datetime | None, now: datetime, policy: AccessPolicy) -> None:
    """Sensitive acts need a second factor shown a few minutes ago. Raises Forbidden `step_up_needed`."""
    if proved_at is None or now - proved_at > timedelta(minutes=policy.step_up_minutes):
        raise Forbidden("step_up_needed", minutes=policy.step_up_minutes)


# -- who is meant -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may sign in with a number: for a member together with one employer."""

    person_id: UUID
    employer_id: UUID | None = None


Outcome = Literal["signed_in", "choose_person", "choose_employer", "unknown"]


def settle(
    found: Sequence[Candidate], person_id: UUID | None, employer_id: UUID | None
) -> tuple[Outcome, tuple[Candidate, ...]]:
    """What follows a right code, and the candidates that are left: one is signed in, several are asked.

    An employer that was named narrows the choice where it can and is ignored where it cannot: the client
    may remember one that the person has left.
    """
    left = tuple(one for one in found if person_id is None or one.person_id == person_id)
    named = tuple(one for one in left if employer_id is not None and one.employer_id == employer_id)
    left = named or left
    if not left:
        return "unknown", ()
    if len({one.person_id for one in left}) > 1:
        return "choose_person", left
    return ("signed_in" if len(left) == 1 else "choose_employer"), left


# -- passwords and staff ------------------------------------------------------------------------------


def password_form(typed: str) -> str:
    """One form for every keyboard: NFKC, so that full-width letters are the same password."""
    return unicodedata.normalize("NFKC", typed)


def check_password(password: str, username: str, common: Collection[str], policy: AccessPolicy) -> None:
    """Raises Refused password_too_short, password_too_long, password_common or password_has_username.

    A common word with digits or signs around it is as common as the word. Source: checklist 5.2.
    """
    if len(password) < policy.password_min_length:
        raise Refused("password_too_short", field="/password", least=policy.password_min_length)
    if len(password) > policy.password_max_length:
        raise Refused("password_too_long", field="/password", most=policy.password_max_length)
    folded = password.casefold()
    if username.casefold() in folded:
        raise Refused("password_has_username", field="/password")
    if is_common(folded, common):
        raise Refused("password_common", field="/password")


def is_common(folded: str, common: Collection[str]) -> bool:
    """Whether a casefolded password is on the list, is one word of it in disguise, or hardly varies."""
    bare = "".join(letter for letter in folded if letter.isalnum())
    core = bare.strip("0123456789")
    return bare in common or core in common or len(set(folded)) < LEAST_DIFFERENT_CHARACTERS


def check_username(username: str) -> None:
    """Raises Refused `username_format`."""
    if not re.fullmatch(USERNAME, username):
        raise Refused("username_format", field="/username")


def check_staff_regions(role: str, regions: Sequence[str], known: Collection[str]) -> None:
    """Raises Refused region_unknown, or regions_needed for an officer without any."""
    for index, code in enumerate(regions):
        if code not in known:
            raise Refused("region_unknown", field=f"/regions/{index}")
    if role == "officer" and not regions:
        raise Refused("regions_needed", field="/regions")


def check_key_scopes(scopes: Collection[str], *, bound: bool) -> None:
    """An employer's key must not answer in its workers' names. Raises Refused scope_not_for_employer."""
    wrong = sorted(CITY_SCOPES & set(scopes)) if bound else []
    if wrong:
        raise Refused("scope_not_for_employer", field="/scopes", scopes=wrong)
