"""Who can be counted on, for workers and employers alike: what counts, for how long, and how a mark is contested.

What happened stands in marks; `matching.reliability` weighs them. Nothing about a person enters but these.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from matching.reliability import KINDS, Event, Kind, ReliabilityRules, reliability_permille
from service.errors import Conflict, Refused
from service.i18n import render
from service.policies.model import MatchingPolicy, ReliabilityPolicy
from service.reliability.lifecycle import COUNTING
from service.worktime import local_day

GOOD = frozenset(kind.name for kind in KINDS if kind.good)
BAD = frozenset(kind.name for kind in KINDS if not kind.good)
SIDES = ("worker", "employer")
SILENT = "silent"  # the cause of a mark for a question before the shift that nobody answered
LEAST_LETTERS = 4


@lru_cache(maxsize=256)
def rules_of(matching: MatchingPolicy, reliability: ReliabilityPolicy) -> ReliabilityRules:
    """The dated policies as the one function takes them."""
    weights = {each.kind: each.weight for each in reliability.mark_weights}
    return ReliabilityRules(
        baseline=matching.reliability_start_permille,
        prior_events=reliability.prior_events,
        fade_days=matching.reliability_fade_days,
        kinds=tuple(Kind(kind.name, kind.good, 1 if kind.good else weights[kind.name]) for kind in KINDS),
    )


def weight_of(kind: str, rules: ReliabilityRules) -> int:
    """How heavily a fresh mark of this kind weighs."""
    return next((each.severity for each in rules.kinds if each.name == kind), 0)


def permille(events: Iterable[Mapping[str, Any]], rules: ReliabilityRules, today: date) -> int:
    """0 to 1000 from kept events ({"kind", "excused", "at"}); kinds of another version count for nothing."""
    known = {kind.name for kind in rules.kinds}
    return reliability_permille(
        (
            Event(str(each["kind"]), bool(each["excused"]), _age(datetime.fromisoformat(each["at"]), today))
            for each in events
            if each["kind"] in known
        ),
        rules,
    )


def _age(at: datetime, today: date) -> int:
    return max(0, (today - local_day(at)).days)


def left_permille(at: datetime, rules: ReliabilityRules, today: date) -> int:
    """How much of its weight a mark still has: 1000 on its day, 0 when it is forgotten."""
    return max(0, rules.fade_days - _age(at, today)) * 1000 // rules.fade_days


def forgotten_on(at: datetime, rules: ReliabilityRules) -> date:
    """The first day on which a mark counts no more."""
    return local_day(at) + timedelta(days=rules.fade_days)


def still_counts_after(today: date, rules: ReliabilityRules) -> date:
    """Marks of later days than this one still count."""
    return today - timedelta(days=rules.fade_days)


@dataclass(frozen=True, slots=True)
class Marked:
    """One mark as it is weighed."""

    kind: str
    state: str
    at: datetime


def kept(marks: Iterable[Marked], rules: ReliabilityRules, today: date, most: int) -> list[dict[str, Any]]:
    """What is written beside a worker or employer: the marks that count, oldest first.

    Excused and contested ones are not among them, so that they take nobody's place. At most so many of either sign:
    the newest that speak for somebody, and of those that speak against, the heaviest kinds first; one more of either
    sign can then never turn the value the other way.
    """
    living = [each for each in marks if each.state in COUNTING and left_permille(each.at, rules, today)]
    good = sorted((each for each in living if each.kind in GOOD), key=lambda each: each.at)[-most:]
    bad = [each for each in living if each.kind in BAD]
    bad = sorted(bad, key=lambda each: (weight_of(each.kind, rules), each.at))[-most:]
    chosen = sorted([*good, *bad], key=lambda each: (each.at, each.kind))
    return [{"kind": each.kind, "excused": False, "at": each.at.isoformat()} for each in chosen]


# -- contested marks ---------------------------------------------------------------------------------------


def contest_until(at: datetime, policy: ReliabilityPolicy) -> datetime:
    """Until when a mark can be contested."""
    return at + timedelta(days=policy.contest_days)


def may_contest(kind: str, state: str, at: datetime, now: datetime, policy: ReliabilityPolicy) -> bool:
    """Whether a mark can be contested now."""
    return kind in BAD and state == "counted" and now <= contest_until(at, policy)


def check_contestable(kind: str, at: datetime, now: datetime, policy: ReliabilityPolicy) -> None:
    """Raises Conflict `mark_speaks_for_you`, `contest_too_late`."""
    if kind not in BAD:
        raise Conflict("mark_speaks_for_you")
    if now > contest_until(at, policy):
        raise Conflict("contest_too_late", days=policy.contest_days)


def check_words(words: str) -> None:
    """Raises Refused `contest_words_short`: a mark is contested once, and nothing said helps nobody."""
    if sum(map(str.isalnum, words)) < LEAST_LETTERS:
        raise Refused("contest_words_short", field="/words", least=LEAST_LETTERS)


def check_another(barred: Iterable[object], by: object) -> None:
    """Raises Conflict `contest_own_mark` for who has caused the mark, or contests it for somebody."""
    if by in barred:
        raise Conflict("contest_own_mark")


# -- hours that an officer has decided on --------------------------------------------------------------------


Figures = tuple[int, int, int]  # minutes, pieces, extra in fen


def hours_lost(stated: Figures, settled: Figures, *, by_employer: bool) -> bool:
    """Whether disputed hours were decided against the employer.

    The worker disputed the employer's figures and got more of something and less of nothing; or the employer disputed
    the worker's figures and they stand, or more.
    """
    no_less = all(after >= before for before, after in zip(stated, settled, strict=True))
    return no_less and (by_employer or settled != stated)


# -- how an employer pays ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Payments:
    """Of the last jobs whose pay was due: how many, paid in time, paid on the day of the work."""

    jobs: int
    on_time: int
    same_day: int


def payment_record(found: Payments, policy: ReliabilityPolicy) -> dict[str, int] | None:
    """What is kept beside the employer; None for too few jobs to say anything."""
    if found.jobs < policy.payment_jobs_least:
        return None
    return {"jobs": found.jobs, "on_time": found.on_time, "same_day": found.same_day}


def payment_words(record: Mapping[str, int] | None) -> tuple[str, Mapping[str, int]]:
    """(key, facts) of the sentence: the same day only where all that was in time was paid that day."""
    if record is None:
        return "payment.few", {}
    facts = {"jobs": record["jobs"], "on_time": record["on_time"]}
    same = record["on_time"] and record["same_day"] == record["on_time"]
    return "payment.same_day" if same else "payment.on_time", facts


def payment_shown(record: Mapping[str, int] | None, language: str) -> dict[str, Any]:
    """The payment record as everybody sees it: never a bare score, never a name."""
    key, facts = payment_words(record)
    counts = facts or dict.fromkeys(("jobs", "on_time"))
    return {"jobs": counts["jobs"], "on_time": counts["on_time"], "message": render(key, language, **facts)}
