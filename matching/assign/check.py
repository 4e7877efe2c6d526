"""Is a plan what it says? Slow, simple and apart from everything that solves."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations

from matching.assign.plan import Plan
from matching.assign.problem import Problem
from matching.assign.rules import Goal, Rules


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken and where: indices of people and shifts, or the figure said and the figure found."""

    code: str
    facts: tuple[int, ...] = ()


Found = list[Violation]


def check(problem: Problem, plan: Plan, rules: Rules) -> Found:
    """Everything wrong with a plan; an empty list when nothing is.

    Codes: out_of_range, duplicate_pair, not_eligible, over_capacity, over_headcount, overlaps, crew_apart,
    pin_lost, wrong_seats, wrong_score, wrong_bonus, wrong_kept, wrong_value, bound_below_plan,
    left_person_wrong, left_seats_wrong.
    """
    pairs = [(int(person), int(shift)) for person, shift in plan.pairs]
    scores = {(int(p), int(s)): int(v) for p, s, v in zip(problem.person, problem.shift, problem.score, strict=True)}
    by_person: dict[int, list[int]] = defaultdict(list)
    for person, shift in pairs:
        by_person[person].append(shift)
    found = _pairs(pairs, scores, problem)
    if found:
        return found
    found += _capacity(problem, by_person) + _headcount(problem, pairs) + _times(problem, by_person)
    found += _crews(problem, by_person) + _pins(problem, pairs)
    found += _totals(problem, plan, rules, pairs, scores) + _bounds(plan, rules) + _left(problem, plan, pairs)
    return found


def _pairs(pairs: list[tuple[int, int]], scores: dict[tuple[int, int], int], problem: Problem) -> Found:
    found = [Violation("duplicate_pair", pair) for pair, count in Counter(pairs).items() if count > 1]
    for person, shift in pairs:
        if not (0 <= person < len(problem.people) and 0 <= shift < len(problem.shifts)):
            found.append(Violation("out_of_range", (person, shift)))
        elif (person, shift) not in scores:
            found.append(Violation("not_eligible", (person, shift)))
    return found


def _capacity(problem: Problem, by_person: dict[int, list[int]]) -> Found:
    if problem.capacity is None and problem.times is not None:
        return []
    most = (lambda _: 1) if problem.capacity is None else problem.capacity.__getitem__
    return [Violation("over_capacity", (p, len(own))) for p, own in by_person.items() if len(own) > most(p)]


def _headcount(problem: Problem, pairs: list[tuple[int, int]]) -> Found:
    taken = Counter(shift for _, shift in pairs)
    return [Violation("over_headcount", (s, count)) for s, count in taken.items() if count > problem.headcount[s]]


def _times(problem: Problem, by_person: dict[int, list[int]]) -> Found:
    times = problem.times
    if times is None:
        return []
    return [
        Violation("overlaps", (person, i, j))
        for person, own in by_person.items()
        for i, j in combinations(own, 2)
        if not (times.may_follow(i, j) or times.may_follow(j, i))
    ]


def _crews(problem: Problem, by_person: dict[int, list[int]]) -> Found:
    """A member's shift has enough of the crew, pins apart, unless the crew may split and can nowhere be met."""
    found, pins = [], set(problem.pinned)
    eligible: dict[int, set[int]] = defaultdict(set)
    for person, shift in zip(problem.person.tolist(), problem.shift.tolist(), strict=True):
        eligible[person].add(shift)
    for position, crew in enumerate(problem.crews):
        need = len(crew.members) if crew.at_least is None else crew.at_least
        could = Counter(shift for member in crew.members for shift in eligible[member])
        if crew.may_split and not any(count >= need <= problem.headcount[s] for s, count in could.items()):
            continue
        on: Counter[int] = Counter(shift for member in crew.members for shift in by_person.get(member, ()))
        for member in crew.members:
            for shift in by_person.get(member, ()):
                if on[shift] < need and (member, shift) not in pins:
                    found.append(Violation("crew_apart", (position, member, shift)))
    return found


def _pins(problem: Problem, pairs: list[tuple[int, int]]) -> Found:
    return [Violation("pin_lost", pin) for pin in problem.pinned if pin not in set(pairs)]


def _totals(
    problem: Problem, plan: Plan, rules: Rules, pairs: list[tuple[int, int]], scores: dict[tuple[int, int], int]
) -> Found:
    score = sum(scores[pair] for pair in pairs)
    given = [0] * len(problem.people) if problem.bonus is None else problem.bonus
    bonus = sum(min(int(given[person]), rules.bonus_cap) for person in {person for person, _ in pairs})
    kept = len(set(problem.earlier) & set(pairs))
    value = score + bonus + (rules.keep or 0) * kept
    said = {
        "wrong_seats": (plan.seats, len(pairs)),
        "wrong_score": (plan.score, score),
        "wrong_bonus": (plan.bonus, bonus),
        "wrong_kept": (plan.kept, kept),
        "wrong_value": (plan.value, value),
    }
    return [Violation(code, (told, true)) for code, (told, true) in said.items() if told != true]


def _bounds(plan: Plan, rules: Rules) -> Found:
    found = []
    if rules.goal is Goal.SEATS_FIRST and plan.seats_bound < plan.seats:
        found.append(Violation("bound_below_plan", (plan.seats_bound, plan.seats)))
    if plan.value_bound < plan.value:
        found.append(Violation("bound_below_plan", (plan.value_bound, plan.value)))
    return found


def _left(problem: Problem, plan: Plan, pairs: list[tuple[int, int]]) -> Found:
    """Exactly those without a seat and exactly the open seats are listed."""
    seated, taken = {person for person, _ in pairs}, Counter(shift for _, shift in pairs)
    people = [person for person in range(len(problem.people)) if person not in seated]
    empty = {s: int(most) - taken[s] for s, most in enumerate(problem.headcount) if most > taken[s]}
    found = []
    if [person for person, _ in plan.people_left] != people:
        found.append(Violation("left_person_wrong", (len(plan.people_left), len(people))))
    if {shift: count for shift, count, _ in plan.seats_left} != empty:
        found.append(Violation("left_seats_wrong", (len(plan.seats_left), len(empty))))
    return found
