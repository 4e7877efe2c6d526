"""Plans and lines as their readers see them; each outcome is one plain sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from service.halls.rules import HallRule, draw_key, moved_up
from service.i18n import render, said_instant
from service.i18n.saying import problem_sentence
from service.plans.views import LineView, OrderSaid, PlanView

if TYPE_CHECKING:
    from service.plans.tables import PlanLineRow, PlanRow


def plan_view(plan: PlanRow, session: Any) -> PlanView:
    """A plan with the figures that say how good it is; `gap` is the share of the bound not reached."""
    short = plan.seats_bound - plan.seats_filled
    gap = short / plan.seats_bound if short else (plan.bound - plan.total) / plan.bound if plan.bound else 0.0
    return PlanView(
        id=plan.id,
        version=plan.version,
        session_id=plan.session_id,
        round=plan.round,
        state=plan.state,
        drawn_at=plan.drawn_at,
        publish_at=plan.publish_at,
        published_at=plan.published_at,
        algorithm=plan.algorithm,
        reproducible=plan.reproducible,
        people=plan.people,
        seats_open=plan.seats_open,
        seats_filled=plan.seats_filled,
        seats_bound=plan.seats_bound,
        value=plan.total,
        value_bound=plan.bound,
        gap=gap,
        digest=plan.digest,
        seed_commitment=session.seed_commitment,
        seed=session.seed,
    )


def line_view(
    line: PlanLineRow, shift: Mapping[str, Any] | None, language: str, *, name: str | None = None, people: bool = False
) -> LineView:
    """One line; who it is only where `people` says that the reader may know."""
    return LineView(
        id=line.id,
        number=line.number,
        rank=line.rank,
        state=line.state,
        shift_id=line.shift_id,
        title=shift["title"] if shift else None,
        trade=shift["trade"] if shift else None,
        starts_at=shift["starts_at"] if shift else None,
        score=line.score,
        why=line.why,
        said=line_sentence(line, shift, language),
        worker_id=line.worker_id if people else None,
        name_masked=name,
        application_id=line.application_id if people else None,
    )


def line_sentence(line: PlanLineRow, shift: Mapping[str, Any] | None, language: str) -> str:
    """What happened to a number."""
    facts: dict[str, Any] = {"number": line.number, "rank": line.rank}
    if shift is None:
        return render(f"plan.left.{line.why}", language, **facts)
    facts |= {"title": shift["title"], "starts_at": said_instant(shift["starts_at"], language)}
    said = render(f"plan.line.{line.state}", language, **facts)
    if line.state == "dropped":
        said += problem_sentence(line.why, language, line.facts)
    return said


def order_said(
    bundle: Mapping[str, Any], seed: str | None, order: list[int], first: int, second: int, language: str
) -> OrderSaid:
    """Why one number comes before another: the draw's figures, or place and turns (先到先得 + 轮空优先)."""
    rule = HallRule.of(bundle["rule"])
    earlier, later = (first, second) if order.index(first) < order.index(second) else (second, first)
    facts: dict[str, Any] = {"earlier": earlier, "later": later}
    people = {number: (place, turns) for number, place, turns in bundle["people"]}
    if rule.order_rule == "draw" and seed is None:
        return OrderSaid(first, second, earlier, render("plan.order.draw_sealed", language, **facts))
    if rule.order_rule == "draw" and seed is not None:
        facts |= {"low": draw_key(seed, earlier).hex()[:8], "high": draw_key(seed, later).hex()[:8]}
        return OrderSaid(first, second, earlier, render("plan.order.draw", language, **facts))
    (place, turns), (behind, _) = people[earlier], people[later]
    kind = "number" if earlier < later else "turns" if place > behind else "came_back"
    up = moved_up(rule, turns)
    said = render(f"plan.order.{kind}", language, **facts, turns=turns, places=up)
    return OrderSaid(first, second, earlier, said)
