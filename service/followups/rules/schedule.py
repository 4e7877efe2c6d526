"""When whom to ask: from what has happened to the tasks that there should be, each time anew and always the same.

A plan is never patched: whatever moves (a start, a new shift, a call-off), its tasks are worked out again from the
facts, and what differs is added, moved or cancelled. So nothing is doubled and nothing lost, whoever asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from service.followups.lifecycle import WAITING
from service.worktime import SHANGHAI, local_day

if TYPE_CHECKING:
    from service.policies.model import FollowupsPolicy, MilestoneRule

WorkingDays = Callable[[date, int], date]  # the n-th working day after a day
DAY = timedelta(days=1)
NOT_ASKED = ("planned", "cancelled")
MOMENT = timedelta(microseconds=1)  # pay is due until a day's end, which is the next day's midnight


@dataclass(frozen=True, slots=True)
class Work:
    """One seat of the person with this posting: live or worked, never a cancelled one."""

    starts_at: datetime
    ends_at: datetime
    pay_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Lending:
    """Somebody who is lent: there from `starts_at` to `until`, the midnight that ends the last day.

    `back_at`: when the own employer took the person back (then `is_back`), or until when it has to say so, once the
    work there is over. `released_at`: when nobody was left who could take the person back.
    """

    starts_at: datetime
    until: datetime
    back_at: datetime | None = None
    is_back: bool = False
    released_at: datetime | None = None

    @property
    def middle(self) -> date:
        """The day halfway between the first and the last one."""
        first = local_day(self.starts_at)
        return first + (last_day(self.until) - first) // 2

    def ends(self, anchor: str) -> tuple[datetime, date] | None:
        """When it ended in the way that is asked about, and the day from which that is counted."""
        if anchor == "lent_released":
            return None if self.released_at is None else (self.released_at, local_day(self.released_at))
        if self.released_at is not None:
            return None
        return (self.until, last_day(self.until)) if self.back_at is None else (self.back_at, last_day(self.back_at))


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one person with one posting (or of a posting alone, or of one lending) that follow-ups hang on.

    `ended_otherwise`: the story ended before there was work (declined, expired, withdrawn); `ends_asked`: when an end
    of work was asked about already; `posting_over_at` is for the posting's own plan, `lent` for shared labour.
    """

    referred_at: datetime | None = None
    ended_otherwise: bool = False
    talks: tuple[datetime, ...] = ()
    work: tuple[Work, ...] = ()
    ends_asked: tuple[datetime, ...] = ()
    settlement: str | None = None
    posting_over_at: datetime | None = None
    lent: Lending | None = None

    def spells(self, gap_days: int) -> list[Spell]:
        """The work in spells, each asked about on its own: a new one begins after a pause of more than so many days,
        and with what begins after the end of the one before was asked about."""
        found: list[Spell] = []
        for each in sorted(self.work, key=lambda one: (one.starts_at, one.ends_at)):
            if found and not self._is_apart(found[-1], each.starts_at, gap_days):
                found[-1] = Spell((*found[-1].work, each))
            else:
                found.append(Spell((each,)))
        return found

    def _is_apart(self, spell: Spell, starts_at: datetime, gap_days: int) -> bool:
        pause = local_day(starts_at) - last_day(spell.ends_at)
        return pause > gap_days * DAY or any(spell.ends_at <= asked < starts_at for asked in self.ends_asked)


@dataclass(frozen=True, slots=True)
class Spell:
    """Seats that follow each other, in the order of their starts; at least one."""

    work: tuple[Work, ...]

    @property
    def starts_at(self) -> datetime:
        return self.work[0].starts_at

    @property
    def ends_at(self) -> datetime:
        return max(each.ends_at for each in self.work)

    @property
    def days(self) -> int:
        """Local days from the first shift's to the last one's, both counted."""
        return (last_day(self.ends_at) - local_day(self.starts_at)).days + 1


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """A task that there should be. `about_at` tells it from others of its milestone: the start of the spell that is
    asked about, until when the pay was due, when the talk was; `short`: the questions are those of short work."""

    milestone: str
    about_at: datetime
    side: str
    due_at: datetime
    short: bool = False

    @property
    def key(self) -> TaskKey:
        return self.milestone, self.about_at, self.side


TaskKey = tuple[str, datetime, str]  # milestone, what it is about, side


def wanted(story: Story, policy: FollowupsPolicy, working_days: WorkingDays) -> list[Wanted]:
    """Every task of a story, in order; a repetition only as far as the work is known to go."""
    found: dict[TaskKey, Wanted] = {}
    for code, rule in policy.milestones.items():
        of_work = rule.anchor in OF_WORK
        for spell in story.spells(policy.spell_gap_days) if of_work else (None,):
            days = spell.days if spell is not None else 0
            if rule.length != "any" and (rule.length == "long") is (days <= policy.short_work_days):
                continue
            short = 0 < days <= policy.short_work_days
            for about_at, due_at in _times(rule, story, spell, policy, working_days, short=short):
                each = [Wanted(code, about_at, side, due_at, short) for side in rule.sides]
                found |= {one.key: one for one in each}
    return sorted(found.values())


def _times(
    rule: MilestoneRule,
    story: Story,
    spell: Spell | None,
    policy: FollowupsPolicy,
    working_days: WorkingDays,
    *,
    short: bool,
) -> Iterator[tuple[datetime, datetime]]:
    """(what it is about, when to ask)."""
    for about_at, at, day in _anchors(rule.anchor, story, policy) if spell is None else _anchors_in(rule.anchor, spell):
        if rule.evening_if_short and short:
            yield about_at, evening_of(at, policy)
        elif spell is not None and story.settlement in rule.same_evening:
            if not short:  # else the end asks it, that same evening
                yield about_at, _evening_of_day(day, spell, policy)
        else:
            asked = working_days(day, rule.days) if rule.working else day + rule.days * DAY
            if rule.anchor in WHILE_LENT and story.lent is not None and asked >= last_day(story.lent.until):
                continue  # the return asks it
            if rule.every_days and spell is not None:
                yield from ((due_at, due_at) for due_at in _repeated(asked, rule, spell))
            else:
                yield about_at, on(asked, rule.at)


def _evening_of_day(day: date, spell: Spell, policy: FollowupsPolicy) -> datetime:
    """The evening of a day, after the work that ends on it."""
    ends = [each.ends_at for each in spell.work if last_day(each.ends_at) == day]
    return evening_of(max(ends), policy) if ends else on(day, policy.evening_at)


def _repeated(day: date, rule: MilestoneRule, spell: Spell) -> Iterator[datetime]:
    """While the work goes on; from its anchor, not from the last time: no drift (INV-21)."""
    while day < last_day(spell.ends_at):
        yield on(day, rule.at)
        day += rule.every_days * DAY


Anchor = tuple[datetime, datetime, date]  # what is asked about, from when it is counted, from which day
OF_WORK = ("start", "end", "pay_due")
WHILE_LENT = ("lent_from", "lent_middle")
OF_LENDING = (*WHILE_LENT, "lent_until", "lent_released")


def _anchors_in(anchor: str, spell: Spell) -> list[Anchor]:
    """Moments of a spell of work."""
    begins, ends = spell.starts_at, spell.ends_at
    if anchor == "start":
        return [(begins, begins, local_day(begins))]
    if anchor == "end":
        return [(begins, ends, last_day(ends))]
    return [(due, due, last_day(due)) for due in sorted({e.pay_due_at for e in spell.work if e.pay_due_at is not None})]


def _anchors(anchor: str, story: Story, policy: FollowupsPolicy) -> list[Anchor]:
    """Moments of a story beside its work."""
    if anchor in OF_LENDING:
        return [] if story.lent is None else _anchors_lent(anchor, story.lent, policy)
    known: Mapping[str, Iterable[datetime | None]] = {
        "referred": () if story.work or story.ended_otherwise else (story.referred_at,),
        "talk": () if story.ended_otherwise else story.talks,
        "posting_end": (story.posting_over_at,),
    }
    return [(at, at, local_day(at)) for at in known[anchor] if at is not None]


def _anchors_lent(anchor: str, lent: Lending, policy: FollowupsPolicy) -> list[Anchor]:
    """Moments of a lending: all are about the one that began then, so that each is asked once however its days change.
    A middle too near to the start is none."""
    first = local_day(lent.starts_at)
    if anchor == "lent_from":
        return [(lent.starts_at, lent.starts_at, first)]
    if anchor == "lent_middle":
        apart = lent.middle - first >= policy.lent_middle_days * DAY
        return [(lent.starts_at, lent.starts_at, lent.middle)] if apart else []
    ended = lent.ends(anchor)
    return [] if ended is None else [(lent.starts_at, *ended)]


def last_day(ends_at: datetime) -> date:
    """The local day that something ends on: midnight is the end of the day before."""
    return local_day(ends_at - MOMENT)


def evening_of(ended_at: datetime, policy: FollowupsPolicy) -> datetime:
    """The evening of the day on which work ends, not before its end; what ends too late to ask waits for the morning,
    what ends after midnight for the evening of that day."""
    soonest = ended_at + timedelta(minutes=policy.after_work_minutes)
    day = last_day(ended_at)
    if soonest <= on(day, policy.asking_until):
        return max(soonest, on(day, policy.evening_at))
    return on(day + DAY, policy.asking_from)


def on(day: date, at: time) -> datetime:
    """A time of the clock in Shanghai."""
    return datetime.combine(day, at, SHANGHAI)


class Task(NamedTuple):
    """A task that there is; `answered_at` also where somebody answered before its time."""

    state: str
    due_at: datetime
    answered_at: datetime | None = None


def ends_asked(present: Mapping[TaskKey, Task], policy: FollowupsPolicy) -> tuple[datetime, ...]:
    """When an end of work was asked about, of what was asked already."""
    of_end = {code for code, rule in policy.milestones.items() if rule.anchor == "end"}
    return tuple(
        min(task.due_at, task.answered_at or task.due_at)
        for (milestone, _, _), task in present.items()
        if milestone in of_end and task.state not in NOT_ASKED
    )


@dataclass(frozen=True, slots=True)
class Change:
    """What has to be done so that the tasks are those of the facts; `settle`: pay questions that receipts answer."""

    add: tuple[Wanted, ...]
    move: tuple[Wanted, ...]
    cancel: tuple[TaskKey, ...]
    settle: tuple[TaskKey, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.add or self.move or self.cancel or self.settle)


def changes(
    present: Mapping[TaskKey, Task],
    should: Iterable[Wanted],
    settled: Collection[TaskKey] = (),
    moot: Collection[TaskKey] = (),
) -> Change:
    """From tasks that there are to those that there should be; `settled` are answered by receipts, `moot` make no sense
    any more.

    Only planned ones move or go; one that was cancelled and is wanted again is planned again; what was asked stays,
    unless it is moot and nobody has answered.
    """
    by_key = {each.key: each for each in should}
    add = tuple(each for key, each in sorted(by_key.items()) if key not in present)
    move = tuple(each for key, each in sorted(by_key.items()) if key in present and _moves(present[key], each))
    gone = {key for key, task in present.items() if task.state == "planned" and key not in by_key}
    cancel = tuple(sorted(gone | {key for key in moot if key in present and present[key].state in WAITING}))
    waiting = {key for key, task in present.items() if task.state in WAITING and key not in cancel}
    waiting |= {each.key for each in (*add, *move)}
    return Change(add, move, cancel, tuple(sorted(waiting.intersection(settled))))


def _moves(task: Task, wanted: Wanted) -> bool:
    return task.state == "cancelled" or (task.state == "planned" and task.due_at != wanted.due_at)


def pay_keys(dues: Iterable[datetime], policy: FollowupsPolicy) -> frozenset[TaskKey]:
    """The pay questions about these due times, of every side."""
    rules = {code: rule for code, rule in policy.milestones.items() if rule.anchor == "pay_due"}
    return frozenset((code, due, side) for due in dues for code, rule in rules.items() for side in rule.sides)


def in_time(
    should: Iterable[Wanted], present: Mapping[TaskKey, Task], now: datetime, policy: FollowupsPolicy
) -> list[Wanted]:
    """Without what is asked while somebody is lent and would have been due before anybody could know of it: a middle
    that has passed already when the last day comes nearer or goes further away."""
    while_lent = {code for code, rule in policy.milestones.items() if rule.anchor in WHILE_LENT}

    def is_late(each: Wanted) -> bool:
        there = present.get(each.key)
        was_due = there is not None and there.state == "planned" and there.due_at < now
        return each.milestone in while_lent and each.due_at < now and not was_due

    return [each for each in should if not is_late(each)]


def back_keys(story: Story, policy: FollowupsPolicy) -> frozenset[TaskKey]:
    """The own employer's question whether somebody is back, where it has said so already."""
    lent = story.lent
    if lent is None or not lent.is_back:
        return frozenset()
    return frozenset((code, lent.starts_at, "employer") for code, _ in _of_anchor("lent_until", policy))


def moot_keys(story: Story, policy: FollowupsPolicy) -> frozenset[TaskKey]:
    """Questions about a return that there is not, because nobody is left to return to."""
    lent = story.lent
    if lent is None or lent.released_at is None:
        return frozenset()
    return frozenset(
        (code, lent.starts_at, side) for code, rule in _of_anchor("lent_until", policy) for side in rule.sides
    )


def _of_anchor(anchor: str, policy: FollowupsPolicy) -> list[tuple[str, MilestoneRule]]:
    return [(code, rule) for code, rule in policy.milestones.items() if rule.anchor == anchor]


def first_hours(starts_at: datetime, weekdays: Collection[int], day_from: time) -> datetime:
    """When somebody who is lent from `starts_at` on has worked for the first time at the earliest, by the agreed
    weekdays (1 is Monday) and hours."""
    day = local_day(starts_at)
    while day.isoweekday() not in weekdays:
        day += DAY
    return on(day, day_from)
