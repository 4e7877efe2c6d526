"""What several verbs need: who may do it, the ground to check on, the version, the terms, the way to the public."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from service.actor import STAFF, Actor
from service.duplicates.rules import like_stopped
from service.employers.rules import may_post
from service.errors import Conflict, Refused, Stale
from service.guard import refuse_blocked
from service.policies import Policies
from service.policies.loader import local_day
from service.policies.model import PostingsPolicy, ReviewsPolicy
from service.postings.lifecycle import HELD, POSTING
from service.postings.rules import (
    Checked,
    Ground,
    Occurrence,
    check_may_post,
    check_posting,
    goes_live_at_once,
    occurrences_of,
    review_due_at,
    stale_at,
    terms_hash,
    terms_of,
)
from service.postings.rules.places import jurisdiction_codes
from service.postings.rules.searching import search_words
from service.postings.views import PostingView, full_view
from service.uow import Uow
from service.worktime import DAY_MINUTES

MOST_SHIFTS_TOLD = 100

if TYPE_CHECKING:
    from service.employers.tables import EmployerRow
    from service.http.caller import Caller
    from service.postings.tables import PostingRow

INTEGRATOR = "integrator"


def is_own(by: Caller, employer: EmployerRow) -> bool:
    """Whether the caller acts for the employer; a key without an employer of its own acts for its region's."""
    if by.role == INTEGRATOR and by.employer_id is None:
        return by.serves(employer.city_code)
    return by.employer_id == employer.id


def check_author(by: Caller, employer: EmployerRow, city_code: str, *, offering: bool = True) -> None:
    """Raises Missing, Forbidden or Conflict when the caller may not act (there) for the employer; see the rule."""
    check_may_post(
        role=by.role,
        member_role=by.member_role,
        own_employer=is_own(by, employer),
        serves=by.serves(city_code),
        state=employer.state,
        offering=offering,
    )


async def author(uow: Uow, by: Caller, employer_id: UUID | None) -> EmployerRow:
    """The employer that the caller posts for. Raises Refused `employer_needed` where it is not clear."""
    employer = await named_employer(uow, by, employer_id, "/employer_id")
    check_author(by, employer, employer.city_code)
    return employer


async def named_employer(uow: Uow, by: Caller, employer_id: UUID | None, field: str) -> EmployerRow:
    """The named employer, or the caller's own. Raises Refused `employer_needed`, Missing."""
    wanted = employer_id or by.employer_id
    if wanted is None:
        raise Refused("employer_needed", field=field)
    return await uow.postings.employer(wanted)


def check_seen(version: int, posting: PostingRow) -> None:
    """Raises Stale when the caller has not seen the present version."""
    if version != posting.version:
        raise Stale("version_stale", field="header:If-Match", present=posting.version)


def check_not_private(posting: PostingRow) -> None:
    """A hire by sight was agreed face to face; it is changed by nobody here. Raises Conflict."""
    if posting.private:
        raise Conflict("posting_private")


def check_not_held(posting: PostingRow) -> None:
    """Raises Conflict `posting_held` while an officer's hold is open."""
    if posting.paused_by == HELD:
        raise Conflict("posting_held")


async def check_asked(
    uow: Uow, asked: Mapping[str, Any], employer_city: str, employer_id: UUID, known: frozenset[str] = frozenset()
) -> Checked:
    """Check what was asked against policies, wages and sites of the present time."""
    now = await uow.now()
    site_id = asked["place"].get("site_id")
    site = await uow.postings.site(site_id, employer_id) if site_id else None
    if site_id and site is None:
        raise Refused("site_unknown", field="/place/site_id")
    city, region = jurisdiction_codes(asked["place"], site, employer_city)
    policies = uow.ctx.policies.at(now, city)
    wage = await uow.postings.wage(region, local_day(now))
    since = local_day(now) - timedelta(days=policies.postings.going_wage_days)
    going = await uow.wages.going(asked["trade"], (region, city), asked["pay"]["unit"], since)
    checked = check_posting(asked, Ground(now, policies, employer_city, wage, site, known, uow.ctx.rulebook(), going))
    checked.columns["warnings"] += await _like_stopped(uow, checked.columns, employer_id, policies.reviews, now)
    return checked


async def _like_stopped(
    uow: Uow, columns: Mapping[str, Any], employer_id: UUID, policy: ReviewsPolicy, now: datetime
) -> list[dict[str, Any]]:
    """What an officer stopped does not come back by a copy: the warning, where it is alike enough."""
    since = now - timedelta(days=policy.stopped_remembered_days)
    stopped = await uow.duplicates.stopped_postings(employer_id, since)
    return like_stopped(columns["title"], columns["description"], stopped, policy.stopped_alike_permille)


async def check_complete(
    uow: Uow, asked: Mapping[str, Any], employer: EmployerRow, known: frozenset[str] = frozenset()
) -> Checked:
    """As `check_asked`; raises Refused `posting_refused` with every wrong field."""
    checked = await check_asked(uow, asked, employer.city_code, employer.id, known)
    if checked.errors:
        raise Refused("posting_refused", errors=checked.errors)
    return checked


def stored_columns(checked: Checked, employer: EmployerRow) -> dict[str, Any]:
    """The columns of a checked posting with what is derived from them: search words and terms hash."""
    columns = dict(checked.columns)
    at_home = employer.kind == "household"
    if at_home and columns["lon"] is not None:
        columns |= _roughly(columns) | {"approximate": True}
    if at_home and columns["pickup"] is not None:
        columns["pickup"] = columns["pickup"] | _roughly(columns["pickup"])
    columns["search"] = search_words(
        columns["title"],
        columns["trade"],
        None if at_home else columns["address"],
        None if at_home else employer.name,
    )
    columns["terms_hash"] = terms_hash(terms_of(columns))
    return columns


def _roughly(place: Mapping[str, Any]) -> dict[str, float]:
    """About a kilometre: search, rankings and cursors all read this point, and none may lead to a front door."""
    return {name: round(place[name], 2) for name in ("lon", "lat")}


async def store(
    uow: Uow, employer: EmployerRow, asked: Mapping[str, Any], *, by: Actor, channel: str, **more: Any
) -> PostingRow:
    """A new draft of what was asked. Raises Refused `posting_refused`."""
    checked = await check_complete(uow, asked, employer)
    posting = await store_checked(uow, employer, checked, by=by, channel=channel, **more)
    await uow.flush()
    return posting


async def store_checked(
    uow: Uow, employer: EmployerRow, checked: Checked, *, by: Actor, channel: str, **more: Any
) -> PostingRow:
    """A new draft of what was found right; it goes to the database with the next flush."""
    posting = uow.postings.new(
        employer_id=employer.id,
        state="draft",
        channel=channel,
        private=False,
        terms_version=1,
        **stored_columns(checked, employer),
        **more,
    )
    await uow.add(posting, by=by)
    return posting


def channel_of(by: Caller) -> str:
    """How a posting came in."""
    return "officer" if by.role in STAFF else "api"


def policies_of(uow: Uow, posting: PostingRow, now: datetime) -> Policies:
    """The policies in force where the work is."""
    return uow.ctx.policies.at(now, posting.city_code)


def planned_soon(posting: PostingRow, policy: PostingsPolicy, now: datetime) -> list[Occurrence]:
    """The occurrences to come that can make a review urgent; none of those later ones that only the window holds."""
    days = policy.review_urgent_before_start_minutes // DAY_MINUTES + 2
    return occurrences_of(posting.series, posting.pattern, now, min(days, policy.occurrence_window_days))


async def keep_terms(uow: Uow, posting: PostingRow, *, by: Actor, at: datetime) -> None:
    """The words of the present terms are kept; where other words have this number already, it moves on.

    A posting that has only been stored (version 1) was never offered, so none of its words are kept.
    """
    kept = None if posting.version == 1 else await uow.postings.version(posting.id, posting.terms_version)
    if kept is not None and kept.terms_hash == posting.terms_hash:
        return
    if kept is not None:
        await uow.edit(posting, by=by, at=at, action="renew_terms", terms_version=posting.terms_version + 1)
    await uow.postings.add_version(posting, terms_of(uow.postings.columns_of(posting)), at)


async def offer(
    uow: Uow, posting: PostingRow, employer: EmployerRow, *, by: Actor, at: datetime, contested: bool = False
) -> None:
    """From a draft to the public, at once where the rules allow it, else through a review with its clock.

    Raises Refused `posting_blocked`; whoever holds that the guard is wrong (`contested`) gets a review.
    """
    if not contested:
        refuse_blocked(posting.warnings, uow.ctx.language)
    await keep_terms(uow, posting, by=by, at=at)
    policy = policies_of(uow, posting, at).postings
    if goes_live_at_once(employer_state=employer.state, warnings=posting.warnings, policy=policy):
        await publish(uow, posting, by=by, at=at)
        return
    clock = await review_clock(uow, posting.city_code, planned_soon(posting, policy, at), at)
    await uow.move(posting, POSTING, "submit", by=by, at=at, **clock)
    await start_review_timer(uow, posting)


async def publish(uow: Uow, posting: PostingRow, *, by: Actor, at: datetime, reason: str | None = None) -> None:
    """Show it: shifts are laid out by a reaction, and its end is scheduled.

    The employer's row is shared until the end: whoever holds or suspends it waits for this, or this sees it held
    (Conflict `employer_may_not_post`).
    """
    state = await uow.postings.share_employer(posting.employer_id)
    if not may_post(state):
        raise Conflict("employer_may_not_post", state=state)
    shown: dict[str, Any] = {"published_at": at, "review_due_at": None, "reviewer_id": None, "closed_at": None}
    await uow.move(posting, POSTING, "publish", by=by, at=at, reason=reason, refreshed_at=at, **shown)
    await uow.schedule("posting.expire", posting.id, posting.valid_until)
    await watch_freshness(uow, posting, at)


async def watch_freshness(uow: Uow, posting: PostingRow, at: datetime) -> None:
    """Ask its employer in time whether a posting still holds; one that ends before needs no question."""
    policies = policies_of(uow, posting, at)
    notice, end = stale_at(at, policies.postings, policies.reviews)
    if posting.valid_until > end:
        await uow.schedule("posting.stale", posting.id, notice, occurrence="notice")


async def review_clock(uow: Uow, city_code: str, coming: Sequence[Occurrence], now: datetime) -> dict[str, Any]:
    """When the review of work with these occurrences is due, and who has it."""
    policy = uow.ctx.policies.at(now, city_code).postings
    first = coming[0].starts_at if coming else None
    reviewer_id = await uow.postings.next_reviewer(city_code)
    office = await uow.reference.office(now, city_code)
    return {"review_due_at": review_due_at(now, first, policy, office), "reviewer_id": reviewer_id}


async def start_review_timer(uow: Uow, posting: PostingRow) -> None:
    """Pass the review on when it is not done in time."""
    due = posting.review_due_at
    if due is not None:
        await uow.schedule("posting.review_overdue", posting.id, due, occurrence=due.isoformat())


async def view_of(uow: Uow, posting: PostingRow, employer: EmployerRow) -> PostingView:
    """The posting as its own people see it, after every change of this transaction."""
    columns = uow.postings.columns_of(posting)
    columns |= {"employer_name": employer.name, "employer_kind": employer.kind, "employer_state": employer.state}
    columns["payment_record"] = employer.payment_record
    shift_ids: Sequence[UUID] = ()
    if posting.state == "published":
        await uow.flush()
        shift_ids = await uow.shifts.ids_to_come(posting.id, since=await uow.now(), limit=MOST_SHIFTS_TOLD)
    return PostingView(**full_view(columns, seen_by="insider", language=uow.ctx.language), shift_ids=shift_ids)
