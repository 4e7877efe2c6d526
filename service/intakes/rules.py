"""Pure decisions on what is entered for others: when it passes to the next level, who is meant, what is confirmed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Protocol, get_args

from service.actor import OnBehalfCode
from service.errors import Conflict, Forbidden, Refused
from service.reference.rules import city_of
from service.text import fold_tight
from service.worktime import at_local, local_day

CONSENT = "proxy_intake"  # the scope of the consent to be entered by somebody else
IN_APP, BY_CODE = "in_app", "by_code"  # the person's own yes, signed in; the code of the SMS, read back
AGREED_HOW = (IN_APP, BY_CODE, *get_args(OnBehalfCode))
RECOMMENDERS = ("officer", "admin", "member", "application")  # a broker is a member; somebody invited or offered
LONGEST_WAIT_DAYS = 366  # no office is closed for longer


# -- levels and working time ------------------------------------------------------------------------------


def level_above(code: str) -> str:
    """The next level's code (GB/T 2260): of a district its city, of a city its province; above a province is nobody."""
    if not code.endswith("00"):
        return city_of(code)
    return f"{code[:2]}0000"


def after_working_minutes(
    start: datetime, minutes: int, is_working_day: Callable[[date], bool], opens: time, closes: time
) -> datetime:
    """The moment when offices will have been open for so many minutes since `start` (Shanghai, working days)."""
    first, last = _minute(opens), _minute(closes)
    day, left = local_day(start), timedelta(minutes=minutes)
    for _ in range(LONGEST_WAIT_DAYS):
        if is_working_day(day):
            begins, ends = max(at_local(day, first), start), at_local(day, last)
            if begins < ends:
                if ends - begins >= left:
                    return begins + left
                left -= ends - begins
        day += timedelta(days=1)
    return start + timedelta(days=LONGEST_WAIT_DAYS)


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


# -- who may ----------------------------------------------------------------------------------------------


def check_area(agency_city: str, place: str) -> None:
    """A broker works in the city of the licence. Raises Refused `broker_area`."""
    if city_of(place) != city_of(agency_city):
        raise Refused("broker_area", field="/wish/city_code", city=agency_city)


def check_not_own_entry(entered_by: object, approves: object) -> None:
    """Two pairs of eyes: who entered it does not approve it. Raises Forbidden `own_entry`."""
    if entered_by is not None and entered_by == approves:
        raise Forbidden("own_entry")


def agreed_at(said: datetime | None, now: datetime, within_days: int) -> datetime:
    """When the person said yes: now, or before, not too long ago. Raises Refused agreed_in_future, agreed_too_old."""
    if said is None:
        return now
    if said > now:
        raise Refused("agreed_in_future", field="/agreed_at")
    if said < now - timedelta(days=within_days):
        raise Refused("agreed_too_old", field="/agreed_at", most=within_days)
    return said


class Named(Protocol):
    """Somebody on a phone."""

    @property
    def id(self) -> Any: ...


def same_person(people: Sequence[tuple[Named, str]], name: str | None) -> Named | None:
    """Who of (person, name) on one phone is meant: the only one where no name is given, else the one so called.

    Raises Conflict `caller_unclear` where several share the phone and no name is given.
    """
    if name is None:
        if len(people) > 1:
            raise Conflict("caller_unclear")
        return people[0][0] if people else None
    return next((row for row, called in people if fold_tight(called) == fold_tight(name)), None)


# -- a telephoned job -------------------------------------------------------------------------------------


def job_of(told: Mapping[str, Any], last: Mapping[str, Any] | None) -> tuple[dict[str, Any], list[str]]:
    """What the caller wants, completed by the last job, and the fields that were not said and are filled in.

    `told` and `last` have trade, headcount, time, place, pay as a posting's body has them; pay member by member.
    Raises Refused `intake_incomplete` naming what neither says.
    """
    last = last or {}
    job = {name: value for name, value in told.items() if value is not None}
    taken = [name for name in ("trade", "headcount", "place") if name not in job and last.get(name)]
    job |= {name: last[name] for name in taken}
    pay = {name: value for name, value in (told.get("pay") or {}).items() if value is not None}
    if last.get("pay") and "amount_fen" not in pay:
        pay = dict(last["pay"]) | {name: value for name, value in pay.items() if name == "settlement"}
        taken.append("pay")
    elif last.get("pay") and "settlement" not in pay and last["pay"].get("settlement"):
        pay["settlement"] = last["pay"]["settlement"]
        taken.append("settlement")
    job["pay"] = pay
    if "headcount" not in job:
        job["headcount"] = 1
        taken.append("headcount")
    lacking = [name for name in ("trade", "time", "place") if not job.get(name)]
    lacking += [] if pay.get("amount_fen") and pay.get("unit") else ["pay"]
    if lacking:
        raise Refused("intake_incomplete", field=f"/{lacking[0]}", missing=lacking)
    return job, taken


def time_of(
    job: Mapping[str, Any], last: Mapping[str, Any] | None, usual_minutes: int | None
) -> tuple[dict[str, datetime], list[str]]:
    """The span of a job, and `ends_at` where that was not said: after as long as the last job of the trade lasted, else
    after the usual time of the trade. Raises Refused `ends_at_needed` where neither is known."""
    starts_at, ends_at = job["time"]["starts_at"], job["time"]["ends_at"]
    if ends_at is not None:
        return {"starts_at": starts_at, "ends_at": ends_at}, []
    length = _length_of(last) if last is not None and last.get("trade") == job["trade"] else None
    if length is None and usual_minutes is not None:
        length = timedelta(minutes=usual_minutes)
    if length is None:
        raise Refused("ends_at_needed", field="/ends_at")
    return {"starts_at": starts_at, "ends_at": starts_at + length}, ["ends_at"]


def _length_of(last: Mapping[str, Any]) -> timedelta | None:
    """How long a job of one span lasted; of several shifts or a weekly pattern nothing is concluded."""
    time = last.get("time") or {}
    spans = time.get("shifts") or [time]
    if len(spans) != 1 or not spans[0].get("ends_at"):
        return None
    length: timedelta = spans[0]["ends_at"] - spans[0]["starts_at"]
    return length


def confirm_by(now: datetime, starts_at: datetime, minutes: int) -> datetime:
    """Until when the boss has to say yes: some minutes, and before the work begins."""
    return min(now + timedelta(minutes=minutes), max(starts_at, now + timedelta(minutes=1)))
