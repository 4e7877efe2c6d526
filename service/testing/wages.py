"""What worked seats of an invented city have led to: hours that both sides agreed, and pay in every state."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from service.actor import Actor
from service.attendance.rules import Hours, pieces_of
from service.attendance.tables import TimesheetRow
from service.pay import rules as pay_rules
from service.pay.steps import OVERDUE
from service.pay.tables import PayRecordRow
from service.reference.catalogue import working_day_until
from service.reliability.marking import PAYMENTS
from service.testing.firms import Firm
from service.testing.maker import Maker
from service.testing.offers import Offered
from service.testing.people import Hand
from service.testing.rows import Step
from service.worktime import local_day


def timesheet(
    maker: Maker,
    engagement: dict[str, Any],
    hours: Hours,
    pieces: int | None,
    agreed: datetime,
    owner: Actor,
    hand: Hand,
) -> None:
    """Proposed by the employer, agreed by the worker."""
    assert sum(minutes for _, minutes in pieces_of(hours)) == hours.minutes  # noqa: S101 - the ledger's figures stand
    maker.book.keep(
        TimesheetRow,
        maker.book.id("timesheet", engagement["id"]),
        Step("propose_by_employer", "by_employer", agreed - timedelta(minutes=20), owner),
        Step("agree", "agreed", agreed, Actor("worker", hand.id)),
        engagement_id=engagement["id"],
        employer_id=engagement["employer_id"],
        worker_id=hand.id,
        city_code=engagement["city_code"],
        started_at=hours.started_at,
        finished_at=hours.finished_at,
        break_minutes=hours.break_minutes,
        minutes=hours.minutes,
        pieces=pieces,
        agreed_at=agreed,
    )


def pay(
    maker: Maker,
    offered: Offered,
    engagement: dict[str, Any],
    hours: Hours,
    pieces: int | None,
    agreed: datetime,
    hand: Hand,
    seat: int,
) -> None:
    """Mostly paid and received in time; a few said to be paid, still due, or overdue."""
    posting, policies = offered.posting, maker.ctx.policies.at(maker.now, engagement["city_code"])
    terms = pay_rules.terms_of(offered.terms, posting)
    parts = pay_rules.reckon(
        terms, pay_rules.Work(hours.minutes, hours.minutes, pieces), month_hours=policies.pay.month_hours
    )
    most = policies.pay.part_time_settlement_days_max if engagement["job_kind"] == "part_time" else None
    rule = policies.pay.due_rules[terms.settlement]
    due_on = pay_rules.due_day(rule, local_day(hours.finished_at), working_day_until, most_days=most)
    due_at = pay_rules.due_instant(due_on, local_day(agreed))
    total = pay_rules.total_of(parts)
    record_id = maker.book.id("pay", engagement["id"])
    steps, facts = _payment(maker, offered, engagement, hand, agreed, due_at, total, seat)
    maker.book.keep(
        PayRecordRow,
        record_id,
        *steps,
        engagement_id=engagement["id"],
        kind="work",
        worker_id=hand.id,
        employer_id=engagement["employer_id"],
        city_code=engagement["city_code"],
        due_fen=total,
        reckoning=parts,
        due_on=due_on,
        due_at=due_at,
        **facts,
    )
    grace = timedelta(minutes=policies.pay.overdue_grace_minutes)
    if due_at + grace > maker.now:
        offered.firm.due_times.add(due_at + grace)
    if steps[-1].to == "due":
        maker.book.due(OVERDUE, record_id, due_at + grace, now=maker.now)


def _payment(
    maker: Maker,
    offered: Offered,
    engagement: dict[str, Any],
    hand: Hand,
    agreed: datetime,
    due_at: datetime,
    total: int,
    seat: int,
) -> tuple[list[Step], dict[str, Any]]:
    chance = maker.chance("pay", offered.shift["id"], seat)
    fallen = Step("fall_due", "due", agreed)
    draw = chance.random()
    if draw < 0.08 and due_at > maker.now:
        return [fallen], {}
    if draw < 0.05 and due_at <= maker.now:
        offered.firm.marks.append(mark("unpaid", due_at, engagement, maker.book.id("pay", engagement["id"])))
        return [fallen, Step("fall_overdue", "overdue", due_at)], {"overdue_since": due_at}
    paid_at = min(agreed + timedelta(minutes=chance.randint(5, 60)), maker.now - timedelta(minutes=2))
    means = chance.choice(("wechat", "wechat", "alipay", "cash"))
    paid = {"paid_fen": total, "paid_means": means, "paid_at": paid_at, "paid_recorded_at": paid_at}
    steps = [fallen, Step("pay", "paid_by_employer", paid_at, offered.firm.owner)]
    if draw < 0.15:
        return steps, paid
    got = paid_at + timedelta(minutes=1)
    offered.firm.marks.append(mark("paid_on_time", got, engagement, maker.book.id("pay", engagement["id"])))
    received = {"received_fen": total, "received_means": means, "received_at": got}
    return [*steps, Step("settle", "settled", got, Actor("worker", hand.id))], paid | received


def mark(kind: str, at: datetime, engagement: dict[str, Any], pay_record_id: UUID | None = None) -> dict[str, Any]:
    """What speaks for or against somebody, as the columns of its row."""
    seat = {"engagement_id": engagement["id"], "city_code": engagement["city_code"]}
    return {"kind": kind, "at": at, "pay_record_id": pay_record_id} | seat


def count_payments(maker: Maker, firms: Iterable[Firm]) -> None:
    """How each employer pays is counted at once, and again when something more has fallen due."""
    for firm in firms:
        for when in (maker.now, *sorted(firm.due_times)):
            maker.book.due(PAYMENTS, firm.id, when, now=maker.now, occurrence=when.isoformat())
