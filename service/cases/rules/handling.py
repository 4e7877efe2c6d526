"""Who may do what with a case, in which order, and what may be asked of whom."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from service.access.rules import DAY, HOUR
from service.actor import Actor
from service.employers.rules import DECIDERS
from service.errors import Conflict, Forbidden, Refused
from service.policies.model import CasesPolicy
from service.worktime import end_of_day, local_day

SIDES = ("worker", "employer", "public", "service")
# What a person complains about at the counter or alone; other features name their own nouns.
NOUNS_OF = {
    "worker": ("engagement", "pay_record", "lent", "posting", "employer", "venue"),
    "employer": ("engagement", "pay_record", "posting", "venue"),
}
OTHER_DOORS = {"posting": "/v1/postings/{id}/appeals", "supply": "/v1/supplies/{id}/appeals"}
MEDIATIONS = ("agreed", "partly", "no_agreement", "not_reached", "refused")
RESULTS = (
    "paid_in_full", "paid_in_part", "corrected", "punished", "settled", "awarded", "compensated", "not_confirmed",
    "not_upheld", "overturned", "upheld", "no_result", "withdrawn",
)  # fmt: skip
# What the other side may be asked: nothing in it says who asks, nor that anybody complained.
QUESTIONS = (
    "pay_practice", "hours_kept", "agreements_used", "insurance_held", "charges_taken", "papers_kept", "ages_checked",
    "safety_measures", "posting_true", "data_handling",
)  # fmt: skip
ANSWERS = ("in_order", "will_correct", "denied", "see_words")
NOTES = ("note", "call", "visit", "asked", "informed", "added", "evidence")
AGAINST = ("absence", "outside_platform")
DECISION_ANSWERS = ("stands", "unsure", "mistaken")
CONCERNS_OFFICERS = frozenset({"platform_decision", "privacy"})
BY_ADDRESS, BY_PERSON, BY_PERSON_URGENT = "case.address", "case.person", "case.person_urgent"  # what is counted
ANYBODY = "anybody"
CONTACT = "case_contact"  # what the number of somebody without an account is sealed for


def log_actor(by: Actor, *, shielded: bool, is_complainant: bool) -> Actor:
    """How the log names who moves a case: a shielded complainant, and whom staff speak for, by no id."""
    if not shielded:
        return by
    return Actor(by.kind if not is_complainant else ANYBODY, None if is_complainant else by.id, by.channel)


def check_free(claimed_by: UUID | None, by: UUID, *, admin: bool) -> None:
    """Raises Conflict `case_claimed` while another officer has it; an administrator goes ahead."""
    if claimed_by is not None and claimed_by != by and not admin:
        raise Conflict("case_claimed")


def check_another(barred: Collection[UUID], by: UUID) -> None:
    """Raises Conflict `case_own_decision`: nobody handles a complaint about what he decided himself."""
    if by in barred:
        raise Conflict("case_own_decision")


def is_mediable(*, of_kind: bool, known_sides: bool, urgent: bool, shielded: bool) -> bool:
    """Whether both sides are to be called: what is urgent skips it, and a call would show who is shielded."""
    return of_kind and known_sides and not urgent and not shielded


def check_formal(*, mediable: bool, mediated: bool) -> None:
    """Raises Conflict `case_mediation_first`: both sides are called before any formal way."""
    if mediable and not mediated:
        raise Conflict("case_mediation_first")


def check_may_mediate(*, shielded: bool, known_sides: bool, urgent: bool) -> None:
    """Raises Conflict `case_shielded` (a call would tell the other side), `case_urgent`, `case_no_other_side`."""
    if shielded:
        raise Conflict("case_shielded")
    if urgent:
        raise Conflict("case_urgent")
    if not known_sides:
        raise Conflict("case_no_other_side")


def check_subject(kind: str, side: str, noun: str | None) -> None:
    """Raises Conflict `case_other_door` for a removal or rejection, which has an appeal of its own; Refused
    `case_subject_unfit`."""
    if kind == "platform_decision":
        if noun in OTHER_DOORS:
            raise Conflict("case_other_door", where=OTHER_DOORS[noun])
        if noun not in ("engagement", "employer"):
            raise Refused("case_subject_unfit", field="/noun", expected="engagement, employer")
    if noun is not None and noun not in NOUNS_OF[side]:
        raise Refused("case_subject_unfit", field="/noun", expected=", ".join(NOUNS_OF[side]))


def check_told_on(*, shielded: bool, leads_out: bool) -> None:
    """Raises Refused `case_decider_hears` (who decided answers and reads it: nothing shields it), `words_contact`."""
    if shielded:
        raise Refused("case_decider_hears", field="/shielded")
    if leads_out:
        raise Refused("words_contact", field="/words")


def check_not_by_appeal(appealed: bool) -> None:
    """Raises Conflict `case_by_appeal`: a platform's decision is settled by its appeal, and is not opened again."""
    if appealed:
        raise Conflict("case_by_appeal")


def check_reopen(ended_at: datetime | None, times: int, now: datetime, policy: CasesPolicy) -> None:
    """Raises Conflict `case_reopen_late` after the policy's days from its end (or its result, while it is not closed
    yet), `case_reopened_often`."""
    if times >= policy.reopen_most:
        raise Conflict("case_reopened_often", most=policy.reopen_most)
    if ended_at is None or now > ended_at + timedelta(days=policy.reopen_days):
        raise Conflict("case_reopen_late", days=policy.reopen_days)


def closes_at(resulted_at: datetime, policy: CasesPolicy) -> datetime:
    """When a case that has its result closes by itself: at the end of the last of the policy's days."""
    return end_of_day(local_day(resulted_at) + timedelta(days=policy.result_closes_days))


def check_charge(*, asked: bool, charge: str | None, known: Collection[str]) -> None:
    """Raises Refused `case_charge_needed` for one that is not named, `case_charge_unknown`, `case_charge_unfit`."""
    if charge is None:
        if asked:
            raise Refused("case_charge_needed", field="/charge", expected=", ".join(known))
        return
    if not asked:
        raise Refused("case_charge_unfit", field="/charge")
    if charge not in known:
        raise Refused("case_charge_unknown", field="/charge", expected=", ".join(known))


def check_recovered(result: str, recovered_fen: int | None) -> None:
    """Raises Refused `case_amount_needed`: what was paid has an amount."""
    if result in ("paid_in_full", "paid_in_part") and not recovered_fen:
        raise Refused("case_amount_needed", field="/recovered_fen")


def check_decides_for(member_role: str | None) -> None:
    """Raises Forbidden for a clerk."""
    if member_role not in DECIDERS:
        raise Forbidden("member_role_lacks_operation")


def address_windows(policy: CasesPolicy) -> tuple[tuple[timedelta, int], ...]:
    """How many reports of charges an address may send, without an account, in which time."""
    return (HOUR, policy.charge_per_address_per_hour), (DAY, policy.charge_per_address_per_day)


def person_windows(policy: CasesPolicy) -> tuple[tuple[timedelta, int], ...]:
    """The same for somebody who is known."""
    return ((DAY, policy.open_per_person_per_day),)


def urgent_windows(policy: CasesPolicy) -> tuple[tuple[timedelta, int], ...]:
    """Urgent cases about nothing that is known, of one person."""
    return ((DAY, policy.open_urgent_per_person_per_day),)
