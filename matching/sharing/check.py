"""Whether a plan is one, and whether it is the best: with code of its own, from the postings and the proof."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from matching.millionths import FULL, divide
from matching.model import Id
from matching.sharing.compare import compare, groups_of
from matching.sharing.model import Shortage, Surplus
from matching.sharing.plan import Proof, SharingPlan
from matching.sharing.policy import SharingPolicy
from matching.sharing.result import Offer


def check(
    found: SharingPlan,
    surpluses: Iterable[Surplus],
    shortages: Iterable[Shortage],
    policy: SharingPolicy,
    *,
    today: date,
) -> list[str]:
    """What is wrong with a plan, in words for programmers; nothing for one that is right and proven best.

    Compares every surplus with every shortage: for tests and audits, not for a whole province.
    """
    lent, asked = sorted(surpluses, key=lambda each: each.id), sorted(shortages, key=lambda each: each.id)
    pairs = {(one.id, two.id): compare(one, two, policy, found.scope, today=today) for one in lent for two in asked}
    return [
        *_placements(found, lent, asked, pairs, policy),
        *_network(found.proof, lent, asked, pairs, policy),
        *best_of(found.proof),
    ]


def person_score(offer: Offer, home: int, policy: SharingPolicy) -> int:
    """The score of one person whose way from home is worth so much, beside the same offer."""
    others = sum(part.points for part in offer.score.parts if part.name != "home")
    return others + divide(policy.weights.home * home, FULL)


def _placements(
    found: SharingPlan,
    lent: Sequence[Surplus],
    asked: Sequence[Shortage],
    pairs: dict[tuple[Id, Id], Offer],
    policy: SharingPolicy,
) -> Iterator[str]:
    """Each goes together, nobody goes twice, no seat is filled twice, sums are sums, and what is left is the rest."""
    surplus, shortage = {each.id: each for each in lent}, {each.id: each for each in asked}
    homes: Counter[tuple[Id, int]] = Counter()
    seats: Counter[Id] = Counter()
    for each in found.placements:
        one, two = surplus[each.surplus_id], shortage[each.shortage_id]
        offer = pairs[each.surplus_id, each.shortage_id]
        if not offer.possible:
            yield f"{each} is hindered"
        groups = {group.at: group for group in groups_of(one, two, policy)}
        value = 0
        for at, people in each.by_homes:
            if not groups[at].reached:
                yield f"{each} goes too far"
            homes[one.id, at] += people
            value += people * person_score(offer, groups[at].value, policy)
        if (value, sum(people for _, people in each.by_homes)) != (each.value, each.people) or each.people < 1:
            yield f"{each} does not add up"
        seats[two.id] += each.people
    for over in (*found.left_surpluses, *found.left_shortages):
        if sum(count for _, count in over.reasons) != over.people:
            yield f"{over.id}: the reasons do not add up"
    left = {each.id: each.people for each in (*found.left_surpluses, *found.left_shortages)}
    for one in lent:
        gone = [homes[one.id, at] for at in range(len(one.groups))]
        if any(count > group.people for count, group in zip(gone, one.groups, strict=True)):
            yield f"{one.id} sends more than live there"
        if one.headcount - sum(gone) != left.get(one.id, 0):
            yield f"{one.id}: the rest is told wrongly"
    for two in asked:
        if two.headcount - seats[two.id] != left.get(two.id, 0):
            yield f"{two.id}: the rest is told wrongly"
    if (found.people, found.value) != (sum(seats.values()), sum(each.value for each in found.placements)):
        yield "the sums are no sums"


def _network(
    proof: Proof,
    lent: Sequence[Surplus],
    asked: Sequence[Shortage],
    pairs: dict[tuple[Id, Id], Offer],
    policy: SharingPolicy,
) -> Iterator[str]:
    """The proof speaks of these postings: every pair that goes together is an arc, and no other."""
    wanted = {}
    group = 0
    for one in lent:
        for number, two in enumerate(asked):
            offer = pairs[one.id, two.id]
            if offer.possible:
                for each in groups_of(one, two, policy):
                    if each.reached:
                        wanted[group + each.at, number] = -person_score(offer, each.value, policy)
        group += len(one.groups)
    drawn = zip(proof.tail.tolist(), proof.head.tolist(), proof.cost.tolist(), strict=True)
    if wanted != {(tail, head): cost for tail, head, cost in drawn}:
        yield "the proof is about another network"
    if proof.people.tolist() != [each.people for one in lent for each in one.groups]:
        yield "the proof is about other people"
    if proof.headcount.tolist() != [each.headcount for each in asked]:
        yield "the proof is about other seats"


def best_of(proof: Proof) -> Iterator[str]:
    """No arc with room leads from a level to a better one, and the cut is full: nothing cheaper, and nothing fuller."""
    groups, needs = len(proof.people), len(proof.headcount)
    source, sink = groups + needs, groups + needs + 1
    out: Counter[int] = Counter()
    into: Counter[int] = Counter()
    arcs = []
    for tail, head, cost, flow in zip(
        proof.tail.tolist(), proof.head.tolist(), proof.cost.tolist(), proof.flow.tolist(), strict=True
    ):
        out[tail] += flow
        into[head] += flow
        arcs.append((tail, groups + head, min(int(proof.people[tail]), int(proof.headcount[head])), cost, flow))
    arcs += [(source, at, int(proof.people[at]), 0, out[at]) for at in range(groups)]
    arcs += [(groups + at, sink, int(proof.headcount[at]), 0, into[at]) for at in range(needs)]
    level, cut = proof.level.tolist(), proof.cut.tolist()
    if not cut[source] or cut[sink]:
        yield "the cut does not part source and sink"
    for tail, head, room, cost, flow in arcs:
        reduced = cost + level[head] - level[tail]
        if not 0 <= flow <= room or (flow < room and reduced < 0) or (flow > 0 and reduced > 0):
            yield f"arc {tail} to {head} shows a better plan"
        if (cut[tail] and not cut[head] and flow < room) or (cut[head] and not cut[tail] and flow > 0):
            yield f"arc {tail} to {head} lets more people through"
