"""What a month of a lent person comes to: the wage that the lender owes, and what the borrower gives back.

Pure and exact: fractions of fen until the end of a line, each line rounded half up once, no line below zero, nothing
taken off the wage. Nobody types an amount: it follows from the days and the agreed terms.

Sources: 劳动法 arts 44 (overtime 150, rest days 200, statutory holidays 300 per cent), 51 (holidays are paid);
劳社部发〔2008〕3号 (21.75 paid days a month); 工伤保险条例 art. 33 (wages go on while a work injury is treated);
工资支付暂行规定 art. 12 (a standstill that the worker has not caused is paid).
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from service.deals.rules.costs import WORK_DAYS_A_MONTH
from service.deals.rules.facts import Cost
from service.money import round_half_up

WORKED = "worked"
PAID_ABSENCES = ("injury", "no_work")
UNPAID_ABSENCES = ("sick", "leave", "rest")  # sick pay is the lender's own matter, by its rules and the local law
KINDS = (WORKED, *PAID_ABSENCES, *UNPAID_ABSENCES)
LENDERS_OWN = ("injury",)  # the lender's insurance and wages; the firms settle it by their injury clause
STANDARD_DAY_MINUTES = 480
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rates:
    """What an hour beyond the plan earns, in per cent of the usual: on working days, rest days, statutory holidays."""

    workday: int = 150
    rest_day: int = 200
    holiday: int = 300


@dataclass(frozen=True, slots=True)
class Plan:
    """The agreed terms of a person: fen an hour, day or month, planned minutes of a day, planned weekdays."""

    pay_fen: int
    pay_unit: str
    day_minutes: int
    weekdays: tuple[int, ...]
    costs: tuple[Cost, ...] = ()
    rates: Rates = field(default_factory=Rates)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days off by the national calendar, and those of them that are statutory holidays."""

    off: frozenset[date] = frozenset()
    statutory: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """A day as it was entered; minutes are of work, 0 on an absence."""

    kind: str
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Stay:
    """A person in a month: from when until when lent, days entered. Planned days that nobody entered until
    `presume_until` count as planned, for the record is the employer's to keep. `once`: costs of the first month."""

    since: date
    until: date
    entries: Mapping[date, Entry]
    presume_until: date
    once: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """A part of a statement; `to_person` is part of the wage, `given_back` of what the borrower gives back."""

    code: str
    amount_fen: int
    to_person: bool = True
    given_back: bool = True
    facts: Mapping[str, Any] = field(default_factory=dict)

    def stored(self) -> dict[str, Any]:
        """As it is kept."""
        said = {
            "code": self.code,
            "amount_fen": self.amount_fen,
            "to_person": self.to_person,
            "given_back": self.given_back,
        }
        return said | {"facts": dict(self.facts)}


@dataclass(frozen=True, slots=True)
class Sums:
    """Fen: wages of the person, the part of them that is not given back, costs beside them, what is given back."""

    wage_fen: int
    own_fen: int
    cost_fen: int

    @property
    def firm_fen(self) -> int:
        """What the borrower owes."""
        return self.wage_fen - self.own_fen + self.cost_fen


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def month_end(month: date) -> date:
    """The last day of the month."""
    return month.replace(day=calendar.monthrange(month.year, month.month)[1])


def next_month(month: date) -> date:
    """The first day of the month after."""
    return month_end(month) + DAY


def days_of(since: date, until: date) -> list[date]:
    """Every day, both ends included."""
    return [since + DAY * step for step in range((until - since).days + 1)]


def is_planned(day: date, weekdays: Iterable[int], off: Calendar) -> bool:
    """A day of the agreed weekdays that the calendar has not moved; statutory holidays are planned, and paid."""
    return day.isoweekday() in weekdays and (day not in off.off or day in off.statutory)


def to_enter(stay: Stay, weekdays: Iterable[int], off: Calendar) -> list[date]:
    """Planned working days that nobody has entered."""
    return [
        day for day in days_of(stay.since, min(stay.until, stay.presume_until))
        if is_planned(day, weekdays, off) and day not in off.statutory and day not in stay.entries
    ]  # fmt: skip


def lines_of(plan: Plan, stay: Stay, off: Calendar) -> tuple[Line, ...]:
    """The parts of a person's month."""
    month = month_of(stay.since)
    planned = [day for day in days_of(month, month_end(month)) if is_planned(day, plan.weekdays, off)]
    missing = to_enter(stay, plan.weekdays, off)
    entries = dict(stay.entries) | {day: Entry(WORKED, plan.day_minutes) for day in missing}
    there = [day for day in planned if stay.since <= day <= stay.until]
    made = _Month(plan, off, frozenset(there), max(len(planned), 1), entries)
    lines = [*made.usual(), *made.absences(), *made.beyond(), *_notes(entries, missing)]
    return (*lines, *_costs(plan, stay, entries, len(there), len(planned)))


@dataclass(frozen=True, slots=True)
class _Month:
    plan: Plan
    off: Calendar
    there: frozenset[date]
    month_days: int
    entries: Mapping[date, Entry]

    def _worth(self) -> Fraction:
        """Fen of a whole planned day."""
        plan = self.plan
        if plan.pay_unit == "hour":
            return Fraction(plan.pay_fen * plan.day_minutes, 60)
        return Fraction(plan.pay_fen) if plan.pay_unit == "day" else Fraction(plan.pay_fen, self.month_days)

    def _minute(self) -> Fraction:
        """Fen of a minute beyond the plan."""
        plan = self.plan
        if plan.pay_unit == "hour":
            return Fraction(plan.pay_fen, 60)
        if plan.pay_unit == "day":
            return Fraction(plan.pay_fen, plan.day_minutes)
        return plan.pay_fen / WORK_DAYS_A_MONTH / STANDARD_DAY_MINUTES

    def _working(self) -> dict[date, int]:
        """Minutes on planned days that are no holidays."""
        return {
            day: each.minutes for day, each in self.entries.items()
            if each.kind == WORKED and day in self.there and day not in self.off.statutory
        }  # fmt: skip

    def usual(self) -> list[Line]:
        """Work as planned, and statutory holidays on planned days."""
        plan, lines = self.plan, []
        minutes = [min(each, plan.day_minutes) for each in self._working().values()]
        holidays = len(self.there & self.off.statutory)
        if plan.pay_unit == "hour":
            amount = Fraction(plan.pay_fen * sum(minutes), 60)
        else:
            amount = self._worth() * Fraction(sum(minutes), plan.day_minutes)
        if minutes:
            facts = {"days": len(minutes), "minutes": sum(minutes), "rate_fen": plan.pay_fen}
            facts |= {"month_days": self.month_days} if plan.pay_unit == "month" else {}
            lines.append(Line(plan.pay_unit, round_half_up(amount), facts=facts))
        if holidays:
            lines.append(Line("holiday", round_half_up(self._worth() * holidays), facts={"days": holidays}))
        return lines

    def absences(self) -> list[Line]:
        """Absences that are paid as a planned day."""
        lines = []
        for kind in PAID_ABSENCES:
            days = sum(
                each.kind == kind and day in self.there and day not in self.off.statutory
                for day, each in self.entries.items()
            )
            if days:
                given_back = kind not in LENDERS_OWN
                lines.append(
                    Line(kind, round_half_up(self._worth() * days), given_back=given_back, facts={"days": days})
                )
        return lines

    def beyond(self) -> list[Line]:
        """Overtime, work on rest days and on statutory holidays."""
        over = {"overtime": 0, "rest_day": 0, "holiday_work": 0}
        for day, each in self.entries.items():
            if each.kind != WORKED:
                continue
            if day in self.off.statutory:
                over["holiday_work"] += each.minutes
            elif day in self.there:
                over["overtime"] += max(0, each.minutes - self.plan.day_minutes)
            else:
                over["rest_day"] += each.minutes
        rates = self.plan.rates
        percent = {"overtime": rates.workday, "rest_day": rates.rest_day, "holiday_work": rates.holiday}
        return [
            Line(code, round_half_up(self._minute() * minutes * percent[code] / 100),
                 facts={"minutes": minutes, "percent": percent[code]})
            for code, minutes in over.items() if minutes
        ]  # fmt: skip


def _notes(entries: Mapping[date, Entry], missing: list[date]) -> list[Line]:
    """What is said and comes to nothing: absences without pay, days that were taken as planned."""
    lines = []
    for kind in UNPAID_ABSENCES:
        days = sum(each.kind == kind for each in entries.values())
        if days:
            lines.append(Line(kind, 0, given_back=False, facts={"days": days}))
    if missing:
        lines.append(Line("presumed", 0, given_back=False, facts={"days": len(missing)}))
    return lines


def _costs(plan: Plan, stay: Stay, entries: Mapping[date, Entry], there: int, month_days: int) -> list[Line]:
    """What the borrower gives back beside the wages: for days worked, a share of the month, or once."""
    worked = sum(each.kind == WORKED for each in entries.values())
    lines = []
    for cost in plan.costs:
        times = {
            "day": Fraction(worked), "month": Fraction(there, max(month_days, 1)), "once": Fraction(int(stay.once)),
        }[cost.unit]  # fmt: skip
        if times:
            facts = {"kind": cost.kind, "unit": cost.unit, "rate_fen": cost.fen, "days": worked, "there": there}
            facts["month_days"] = month_days
            lines.append(Line("cost", round_half_up(cost.fen * times), to_person=False, facts=facts))
    return lines


def sums_of(lines: Iterable[Line]) -> Sums:
    """What lines add up to."""
    found = list(lines)
    return Sums(
        wage_fen=sum(each.amount_fen for each in found if each.to_person),
        own_fen=sum(each.amount_fen for each in found if each.to_person and not each.given_back),
        cost_fen=sum(each.amount_fen for each in found if not each.to_person),
    )


def day_sums(plan: Plan, off: Calendar, day: date, entry: Entry) -> tuple[int, int]:
    """Fen of the wage and of what the borrower owes in a whole month of which only this day was worked or missed: to be
    compared with the same of another entry."""
    month = month_of(day)
    stay = Stay(month, month_end(month), {day: entry}, presume_until=month - DAY, once=False)
    sums = sums_of(lines_of(plan, stay, off))
    return sums.wage_fen, sums.firm_fen


def added(parts: Iterable[Sums]) -> Sums:
    """The sums of a deal: those of its people."""
    found = list(parts)
    return Sums(*(sum(getattr(each, name) for each in found) for name in ("wage_fen", "own_fen", "cost_fen")))
