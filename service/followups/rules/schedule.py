"""When whom to ask: from what has happened to the tasks that there should be, each time anew and always the same.

A plan is never patched: whatever moves (a start, a new shift, a call-off), its tasks are worked out again from the
facts, and what differs is added, moved or cancelled. So nothing is doubled and nothing lost, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from service.worktime import SHANGHAI, local_day

if TYPE_CHECKING:
    from service.policies.model import FollowupsPolicy, MilestoneRule

WorkingDays = Callable[[date, int], date]  # the n-th working day after a day
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)  # pay is due until a day's end, which is the next day's midnight


@dataclass(frozen=True, slots=True)
class Work:
    """One seat of the person with this posting: live or worked, never a cancelled one."""

    starts_at: datetime
    ends_at: datetime
    pay_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one person with one posting (or of a posting alone) that follow-ups hang on.

    `ended_otherwise`: the story ended before there was work (declined, expired, withdrawn); `posting_over_at` is for
    the posting's own plan, `lent` for shared labour (from, until).
    """

    referred_at: datetime | None = None
    ended_otherwise: bool = False
    talks: tuple[datetime, ...] = ()
    work: tuple[Work, ...] = ()
    settlement: str | None = None
    posting_over_at: datetime | None = None
    lent: tuple[datetime, datetime] | None = None

    @property
    def days(self) -> int:
        """Local days from the first shift's to the last one's, both counted."""
        if not self.work:
            return 0
        first = min(local_day(each.starts_at) for each in self.work)
        return (max(local_day(each.ends_at - MOMENT) for each in self.work) - first).days + 1


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """A task that there should be."""

    milestone: str
    occurrence: int
    side: str
    due_at: datetime


def wanted(story: Story, policy: FollowupsPolicy, working_days: WorkingDays) -> list[Wanted]:
    """Every task of a story, in order; a repetition only as far as the work is known to go."""
    found: list[Wanted] = []
    for code, rule in policy.milestones.items():
        if rule.length != "any" and (rule.length == "long") is (story.days <= policy.short_work_days):
            continue
        for occurrence, due in enumerate(_times(rule, story, policy, working_days)):
            found += [Wanted(code, occurrence, side, due) for side in rule.sides]
    return sorted(found)


def _times(rule: MilestoneRule, story: Story, policy: FollowupsPolicy, working_days: WorkingDays) -> Iterator[datetime]:
    short = 0 < story.days <= policy.short_work_days
    for at in _anchors(rule.anchor, story):
        if rule.evening_if_short and short:
            yield evening_of(at, policy)
        elif story.settlement in rule.same_evening:
            if not short:  # else the end asks it, that same evening
                yield _evening_of_day(at, story, policy)
        else:
            day = local_day(at)
            day = working_days(day, rule.days) if rule.working else day + rule.days * DAY
            yield from _repeated(day, rule, story) if rule.every_days else (on(day, rule.at),)


def _evening_of_day(at: datetime, story: Story, policy: FollowupsPolicy) -> datetime:
    """The evening of a day, after the work that ends on it."""
    day = local_day(at)
    ends = [each.ends_at for each in story.work if local_day(each.ends_at) == day]
    return evening_of(max(ends, default=on(day, time(0))), policy)


def _repeated(day: date, rule: MilestoneRule, story: Story) -> Iterator[datetime]:
    """While the work goes on; from its anchor, not from the last time: no drift (INV-21)."""
    last = max((local_day(each.ends_at) for each in story.work), default=day)
    while day < last:
        yield on(day, rule.at)
        day += rule.every_days * DAY


def _anchors(anchor: str, story: Story) -> Iterable[datetime]:
    begins = min((each.starts_at for each in story.work), default=None)
    ends = max((each.ends_at for each in story.work), default=None)
    dues = sorted({each.pay_due_at - MOMENT for each in story.work if each.pay_due_at is not None})
    lent = story.lent
    known: Mapping[str, Iterable[datetime | None]] = {
        "referred": () if story.work or story.ended_otherwise else (story.referred_at,),
        "talk": () if story.ended_otherwise else story.talks,
        "start": (begins,),
        "end": (ends,),
        "pay_due": dues,
        "posting_end": (story.posting_over_at,),
        "lent_from": (lent[0],) if lent else (),
        "lent_middle": (lent[0] + (lent[1] - lent[0]) / 2,) if lent else (),
        "lent_until": (lent[1],) if lent else (),
    }
    return [at for at in known[anchor] if at is not None]


def evening_of(ended_at: datetime, policy: FollowupsPolicy) -> datetime:
    """The evening of the day on which work ends, not before its end; what ends too late to ask waits for the morning,
    what ends after midnight for the evening of that day."""
    soonest = ended_at + timedelta(minutes=policy.after_work_minutes)
    day = local_day(ended_at)
    if soonest <= on(day, policy.asking_until):
        return max(soonest, on(day, policy.evening_at))
    return on(day + DAY, policy.asking_from)


def on(day: date, at: time) -> datetime:
    """A time of the clock in Shanghai."""
    return datetime.combine(day, at, SHANGHAI)


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be done so that the tasks are those of the facts."""

    add: tuple[Wanted, ...]
    move: tuple[Wanted, ...]
    cancel: tuple[tuple[str, int, str], ...]


def changes(present: Mapping[tuple[str, int, str], tuple[str, datetime]], should: Iterable[Wanted]) -> Change:
    """From tasks that there are, (milestone, occurrence, side) -> (state, due), to those that there should be.

    Only planned ones move or go; one that was cancelled and is wanted again is planned again; what was asked stays.
    """
    by_key = {(each.milestone, each.occurrence, each.side): each for each in should}
    add = tuple(each for key, each in sorted(by_key.items()) if key not in present)
    move = tuple(
        each
        for key, each in sorted(by_key.items())
        if key in present
        and (present[key][0] == "cancelled" or (present[key][0] == "planned" and present[key][1] != each.due_at))
    )
    cancel = tuple(sorted(key for key, (state, _) in present.items() if state == "planned" and key not in by_key))
    return Change(add, move, cancel)
