"""Rows of a hall as their readers see them, each with one plain sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from service.halls.lifecycle import IN_LINE
from service.halls.planning import rule_of
from service.halls.rules import HallRule, InLine, moved_up, order
from service.halls.views import Counts, LineFacts, PresenceView, RuleView, SessionView
from service.i18n import render

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.halls.tables import HallRuleRow, HallSessionRow, PresenceRow
    from service.uow import Uow
    from service.workers.tables import WaitingRow


def rule_sentence(rule: HallRule, language: str) -> str:
    """How people are served here, in one sentence."""
    kind = rule.order_rule
    if kind == "first_come" and not (rule.turn_places and rule.turn_most):
        kind = "first_come_only"
    return render(f"hall.rule.{kind}", language, places=rule.turn_places, most=rule.turn_most)


def rule_view(row: HallRuleRow, language: str) -> RuleView:
    """A rule with its sentence."""
    rule = rule_of(row)
    said = rule_sentence(rule, language)
    return RuleView(
        id=row.id, version=row.version, venue_id=row.venue_id, valid_from=row.valid_from, said=said, **rule.as_fields()
    )


def session_view(row: HallSessionRow, counts: Counts, language: str) -> SessionView:
    """A session with its figures; the seed only when it is public."""
    rule = HallRule.of(row.rule)
    return SessionView(
        id=row.id,
        version=row.version,
        venue_id=row.venue_id,
        state=row.state,
        day=row.day,
        name=row.name,
        opens_at=row.opens_at,
        closes_at=row.closes_at,
        plan_at=row.plan_at,
        order_rule=rule.order_rule,
        rule_said=rule_sentence(rule, language),
        seed_commitment=row.seed_commitment,
        seed=row.seed,
        cancel_reason=row.cancel_reason,
        counts=counts,
    )


def served_order(session: HallSessionRow, line: Sequence[LineFacts], seed: str | None) -> list[int]:
    """Numbers in the order of service; of a draw as far as the seed is known to whoever asks."""
    people = (InLine(each.number, each.place, each.turns_owed) for each in line)
    return order(HallRule.of(session.rule), seed, people)


def people_ahead(row: PresenceRow, session: HallSessionRow, line: Sequence[LineFacts]) -> int | None:
    """How many who wait are served before this person; None where that is not known or the person is not in line."""
    drawn = HallRule.of(session.rule).order_rule == "draw"
    if row.state not in IN_LINE or (drawn and session.seed is None):
        return None
    called = {each.number for each in line if each.state == "called" and each.number != row.number}
    ranked = [number for number in served_order(session, line, session.seed) if number not in called]
    return ranked.index(row.number) if row.number in ranked else None


def presence_sentence(
    row: PresenceRow, session: HallSessionRow, ahead: int | None, language: str, *, offered: bool = False
) -> str:
    """What the person wants to know: the number, how many come before, and why; first of all a seat that waits."""
    rule = HallRule.of(session.rule)
    variant = row.state
    if offered and row.state in IN_LINE:
        return render("hall.presence.offered", language, number=row.number)
    if row.state == "waiting":
        variant = "waiting_draw" if ahead is None else "next" if ahead == 0 else "waiting"
    said = render(f"hall.presence.{variant}", language, number=row.number, ahead=ahead)
    up = moved_up(rule, row.turns_owed)
    if up and row.state in IN_LINE:
        said += render("hall.presence.moved_up", language, turns=row.turns_owed, places=up)
    return said


async def presence_view(
    uow: Uow, row: PresenceRow, session: HallSessionRow, *, already: bool = False, line: Any = None
) -> PresenceView:
    """One presence; the name is masked, for others stand beside every screen."""
    waiting = await uow.halls.waiting_of(row)
    names = await uow.workers.masked_names([row.worker_id])
    line = line if line is not None else await uow.halls.in_line(session.id)
    return seen(row, session, waiting, names[row.worker_id], line, uow.ctx.language, already=already)


def seen(
    row: PresenceRow,
    session: HallSessionRow,
    waiting: WaitingRow | None,
    name: str,
    line: Sequence[LineFacts],
    language: str,
    *,
    already: bool = False,
) -> PresenceView:
    """One presence from what was read of it."""
    ahead = people_ahead(row, session, line)
    return PresenceView(
        id=row.id,
        version=row.version,
        session_id=row.session_id,
        venue_id=row.venue_id,
        worker_id=row.worker_id,
        name_masked=name,
        number=row.number,
        state=row.state,
        way_in=row.way_in,
        signed_in_at=row.signed_in_at,
        calls=row.calls,
        turns_owed=row.turns_owed,
        ahead=ahead,
        trades=waiting.trades if waiting else [],
        own_tools=waiting.own_tools if waiting else [],
        crew_id=waiting.crew_id if waiting else None,
        until=waiting.until if waiting else None,
        already=already,
        said=presence_sentence(
            row, session, ahead, language, offered=any(each.offered for each in line if each.number == row.number)
        ),
    )
