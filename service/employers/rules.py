"""Pure decisions on employers: who may do what, who must prove what, and until when.

A household hires as a private person (个人之间劳务关系, 民法典 art. 1192): it has no credit code that an
officer could compare, so nobody verifies it, it is promised no answer, and each of its postings is reviewed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from service.contacts import leads_out
from service.errors import Conflict, Forbidden, Refused
from service.guard.posing import check_not_posing, quoted
from service.identity_numbers import CreditCodeRefused, parse_credit_code
from service.text import fold, mask_name
from service.worktime import SHANGHAI, add_months, local_day

OWNER, MANAGER, CLERK = "owner", "manager", "clerk"
_ALL = frozenset({OWNER, MANAGER, CLERK})
DECIDERS = (OWNER, MANAGER)  # who posts and decides
_DECIDING = frozenset(DECIDERS)
_OWNING = frozenset({OWNER})

# What each role of a member may do; every use case that a member calls names one of these actions.
PERMISSIONS: Mapping[str, frozenset[str]] = {
    "see": _ALL,  # profile, sites, members, postings, shifts and who comes
    "record_attendance": _ALL,  # check-in code, arrival, departure, hours proposed
    "see_contact": _DECIDING,
    "post": _DECIDING,  # write, publish, change, copy, withdraw postings and shifts; imports
    "decide": _DECIDING,  # invite, offer, accept, reject, cancel, hire by sight
    "agree_hours": _DECIDING,
    "pay": _DECIDING,  # say that wages were paid, answer disputes
    "manage_sites": _DECIDING,
    "manage_pool": _DECIDING,
    "manage_blocks": _DECIDING,
    "manage_members": _OWNING,
    "manage_webhooks": _OWNING,
    "manage_fees": _OWNING,
    "edit_profile": _OWNING,
}
IDENTITY = frozenset({"name", "credit_code", "licence_number"})  # what an officer has compared with the papers
REMIND_DAYS = (30, 7)
DUE_SOON = timedelta(days=30)
INVITATION_LIFE = timedelta(days=7)
INVITATIONS_LIVE_MOST = 20
INVITATIONS_A_DAY_MOST = 3  # to one number from one employer: nobody is pestered
EMPLOYERS_OF_ONE_PERSON_MOST = 20


def may(role: str, action: str) -> bool:
    """Whether a member with this role may do it. Raises KeyError for an action that is not in the table."""
    return role in PERMISSIONS[action]


def check_may(role: str, action: str) -> None:
    """Raises Forbidden member_role_lacks unless the role may do it."""
    if not may(role, action):
        raise Forbidden("member_role_lacks", role=role, action=action, roles=sorted(PERMISSIONS[action]))


def may_post(state: str) -> bool:
    """Whether an employer in this state may have postings; suspended, restricted and refused ones may not."""
    return state in ("applied", "verified")


def is_held(state: str) -> bool:
    """Whether an officer's pause lies on the employer, until a second one confirms or lifts it."""
    return state == "held"


def posts_under_review(state: str) -> bool:
    """Whether an officer reads each posting first: everyone does wait but the verified."""
    return state != "verified"


def is_public(state: str) -> bool:
    """Whether the public page of an employer exists."""
    return state not in ("refused", "suspended", "held")


def needs_verification(kind: str) -> bool:
    """Whether an officer is promised to answer: for everyone with papers, so not for households."""
    return kind != "household"


def check_held_back(state: str) -> None:
    """For who is never verified. Raises Conflict household_not_verified unless there is something to lift."""
    if state not in ("restricted", "suspended"):
        raise Conflict("household_not_verified")


def check_name(name: str) -> None:
    """A name stands on every posting, the first one before anybody has compared it.

    Raises Refused words_contact, words_pose.
    """
    if leads_out(name):
        raise Refused("words_contact", field="/name")
    check_not_posing("/name", name, quoted())


def named(present: str, wanted: str, *, verified_once: bool) -> dict[str, str | None]:
    """The columns of a name: at once, or for the next comparison where an officer has compared the present one."""
    waits = wanted if verified_once and wanted != present else None
    shown = present if waits else wanted
    return {"name": shown, "new_name": waits, "name_folded": "\n".join(map(fold, filter(None, (shown, waits))))}


def check_papers(kind: str, credit_code: str | None, licence_number: str | None) -> str | None:
    """The credit code as it is stored (GB 32100-2015), None for a household.

    Raises Refused: credit_code_missing, credit_code_not_for_household, licence_number_missing (HR agencies,
    人力资源市场暂行条例 art. 18), licence_number_not_for_kind, or the code of a wrong credit code.
    """
    if kind == "household":
        if credit_code is not None:
            raise Refused("credit_code_not_for_household", field="/credit_code")
    elif credit_code is None:
        raise Refused("credit_code_missing", field="/credit_code")
    if kind == "hr_agency" and licence_number is None:
        raise Refused("licence_number_missing", field="/licence_number")
    if kind != "hr_agency" and licence_number is not None:
        raise Refused("licence_number_not_for_kind", field="/licence_number")
    if credit_code is None:
        return None
    try:
        return parse_credit_code(credit_code)
    except CreditCodeRefused as wrong:
        raise Refused(wrong.code, field="/credit_code") from None


def recheck_at(verified_at: datetime, months: int) -> datetime:
    """The midnight at which a verification lapses, `months` later (five ministries' notice of 2026-01)."""
    return datetime.combine(add_months(local_day(verified_at), months), datetime.min.time(), SHANGHAI)


def reminders(due: datetime, now: datetime) -> list[tuple[int, datetime]]:
    """(days before, when) of the reminders that still lie ahead."""
    moments = ((days, due - timedelta(days=days)) for days in REMIND_DAYS)
    return [(days, moment) for days, moment in moments if moment > now]


def recheck_opens_at(due: datetime, days: int) -> datetime:
    """When officers begin to look at the papers again, and the employer may say that they are valid."""
    return due - timedelta(days=days)


def is_overdue(due: datetime, renewed_at: datetime | None, now: datetime, *, open_days: int, grace_days: int) -> bool:
    """Whether an employer whose verification ended at `due` has not renewed its papers in its time and some days more.

    One that has renewed them waits for an officer, and is not held to answer for that.
    """
    renewed = renewed_at is not None and renewed_at >= recheck_opens_at(due, open_days)
    return not renewed and now >= due + timedelta(days=grace_days)


def check_recheck_open(
    state: str, due: datetime | None, verified_at: datetime | None, now: datetime, days: int
) -> None:
    """Raises Conflict `recheck_not_open` unless its papers are to be looked at again soon, or should have been."""
    lapsed = state in ("applied", "restricted") and verified_at is not None
    soon = due is not None and now >= recheck_opens_at(due, days)
    if not (lapsed or soon):
        raise Conflict("recheck_not_open")


def check_owner_left(owners: Iterable[object], leaving: object) -> None:
    """Raises Conflict last_owner when nobody would be left who may manage the employer."""
    if not [owner for owner in owners if owner != leaving]:
        raise Conflict("last_owner")


def public_name(name: str, kind: str) -> str:
    """What everybody may read: a household's name is a person's, and masked."""
    return mask_name(name) if kind == "household" else name
