"""Who works where in an invented city: past seats worked and paid, coming ones claimed, some in line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy.dialects.postgresql import Range

from service.actor import SYSTEM, Actor
from service.applications.deadlines import employer_answers_by
from service.applications.seating import ANSWER_TIMER
from service.applications.tables import ApplicationRow
from service.attendance.rules import Hours, paid_minutes
from service.attendance.steps import ARRIVAL, SHIFT_END
from service.attendance.tables import AttendanceRow
from service.engagements.rules import by_week, planned_pieces
from service.engagements.tables import EngagementRow, HoursRow
from service.geo import Point, distance_m
from service.pay import rules as pay_rules
from service.reliability.tables import ReliabilityEventRow
from service.testing.maker import Maker
from service.testing.offers import Made, Offered
from service.testing.people import Hand
from service.testing.rows import Step
from service.testing.wages import mark, pay, timesheet
from service.workers.tables import WorkerRow
from service.worktime import local_day, week_of

TRIED = 60  # people looked at for one seat: a small city has not more of a trade, in a large one it is enough
SETTLING = timedelta(hours=3)  # work that ended later than this before the present is not settled yet
KEPT_FREE = 0.35  # of coming seats, so that there is something to claim
FAR_AHEAD = timedelta(days=10)
PIECES_AN_HOUR = 4
KEPT = 50  # of each subject's marks, the newest


class Roster:
    """The workers by trade, and the rule that nobody is in two places.

    The guides have worked before, and have their hands free from the week before the present on.
    """

    def __init__(self, hands: Iterable[Hand], now: datetime):
        self._guides_until = now - timedelta(days=8)
        self._by_craft: dict[tuple[str, str], list[Hand]] = defaultdict(list)
        for hand in hands:
            for craft in hand.crafts:
                self._by_craft[hand.city_code, craft].append(hand)

    def pick(self, offered: Offered, chance: Random, booked_at: datetime) -> Hand | None:
        """Somebody who knows the trade, may do the work, can come, and is free; booked for it from now on."""
        known = self._by_craft[offered.shift["city_code"], offered.posting["trade"]]
        for hand in chance.sample(known, min(TRIED, len(known))):
            if hand.guide and offered.shift["ends_at"] > self._guides_until:
                continue
            if fits(hand, offered, booked_at):
                book(hand, offered)
                return hand
        return None


def fits(hand: Hand, offered: Offered, booked_at: datetime) -> bool:
    """Age, papers, way, other work, and part-time hours, as the service's gates would have it."""
    shift, posting = offered.shift, offered.posting
    first, last = local_day(shift["starts_at"]), local_day(shift["ends_at"] - timedelta(minutes=1))
    if hand.introducible_from is None or hand.introducible_from > local_day(booked_at):
        return False
    if hand.row["created_at"] > booked_at or hand.row["state"] != "active":
        return False
    if posting["adult_only"] and (hand.adult_from is None or hand.adult_from > first):
        return False
    for kind in posting["certificates"]:
        valid = hand.papers.get(kind)
        if valid is None or not (valid[0] <= first and (valid[1] is None or last <= valid[1])):
            return False
    way = distance_m(Point(hand.lon, hand.lat), Point(posting["lon"], posting["lat"]))
    if way > hand.radius_m:
        return False
    if posting["job_kind"] == "part_time" and (offered.firm.id, week_of(first)) in hand.part_time:
        return False
    return all(end <= shift["starts_at"] or shift["ends_at"] <= start for start, end in hand.busy)


def book(hand: Hand, offered: Offered) -> None:
    """The time is taken."""
    hand.busy.append((offered.shift["starts_at"], offered.shift["ends_at"]))
    hand.part_time.add((offered.firm.id, week_of(local_day(offered.shift["starts_at"]))))


def fill(maker: Maker, made: Made, roster: Roster) -> None:
    """Seats and applications of a posting's shifts."""
    for offered in made.shifts:
        shift = offered.shift
        chance = maker.chance("seats", shift["id"])
        if shift["starts_at"] <= maker.now:
            _seat_people(maker, offered, roster, chance, offered.seats, past=True)
        elif shift["starts_at"] < maker.now + FAR_AHEAD:
            wanted = sum(chance.random() > KEPT_FREE for _ in range(offered.seats))
            _seat_people(maker, offered, roster, chance, wanted, past=False)
            _apply(maker, offered, roster, chance)


def _seat_people(maker: Maker, offered: Offered, roster: Roster, chance: Random, wanted: int, *, past: bool) -> None:
    shift = offered.shift
    latest = min(maker.now, shift["starts_at"]) - timedelta(minutes=5)
    for seat in range(wanted):
        span = max(0, int((latest - offered.published_at).total_seconds() // 60) - 1)
        at = offered.published_at + timedelta(minutes=chance.randint(1, max(1, span)))
        hand = roster.pick(offered, chance, at)
        if hand is None:
            return
        shift["taken"] += 1
        _seat(maker, offered, hand, seat, at, past=past)


def _seat(maker: Maker, offered: Offered, hand: Hand, seat: int, at: datetime, *, past: bool) -> None:
    shift, posting = offered.shift, offered.posting
    worker = Actor("worker", hand.id)
    common = {
        "posting_id": posting["id"],
        "shift_id": shift["id"],
        "worker_id": hand.id,
        "employer_id": offered.firm.id,
        "city_code": shift["city_code"],
        "terms_version": 1,
    }
    application_id = maker.book.id("application", shift["id"], hand.id)
    maker.book.keep(
        ApplicationRow, application_id, Step("claim", "accepted", at, worker), origin="claimed", closed_at=at, **common
    )
    engagement_id = maker.book.id("engagement", shift["id"], hand.id)
    steps, facts = _course(maker, offered, worker, at)
    rest = timedelta(minutes=maker.ctx.policies.at(at, shift["city_code"]).hours.rest_gap_minutes)
    engagement = maker.book.keep(
        EngagementRow,
        engagement_id,
        *steps,
        application_id=application_id,
        job_kind=posting["job_kind"],
        starts_at=shift["starts_at"],
        ends_at=shift["ends_at"],
        during=Range(shift["starts_at"], shift["ends_at"] + rest),
        introducible_from=hand.introducible_from,
        terms_hash=posting["terms_hash"],
        worker_accepted_at=at,
        employer_accepted_at=at,
        **common,
        **facts,
    )
    _hours(maker, engagement, shift)
    if past:
        _worked(maker, offered, engagement, hand, seat)
    if not past or engagement["state"] == "on_duty":
        _watch(maker, engagement)


def _course(
    maker: Maker, offered: Offered, worker: Actor, at: datetime
) -> tuple[list[Step], dict[str, datetime | None]]:
    """What has become of a seat by now: confirmed, on duty, or completed."""
    starts, ends = offered.shift["starts_at"], offered.shift["ends_at"]
    steps = [Step("confirm", "confirmed", at, worker)]
    if starts > maker.now:
        return steps, {}
    steps.append(Step("start", "on_duty", starts, offered.firm.owner))
    if ends + SETTLING > maker.now:
        return steps, {"started_at": starts}
    done = ends + timedelta(minutes=40)
    return [*steps, Step("complete", "completed", done, worker)], {"started_at": starts, "finished_at": ends}


def _hours(maker: Maker, engagement: dict[str, Any], shift: dict[str, Any]) -> None:
    for day, week, minutes in by_week(planned_pieces(shift["starts_at"], shift["ends_at"], shift["break_minutes"])):
        maker.book.plain(
            HoursRow,
            engagement_id=engagement["id"],
            local_day=day,
            week=week,
            worker_id=engagement["worker_id"],
            employer_id=engagement["employer_id"],
            part_time=engagement["job_kind"] == "part_time",
            minutes=minutes,
        )


def _watch(maker: Maker, engagement: dict[str, Any]) -> None:
    """The timers that a confirmed seat has; of one on duty only the end."""
    policy = maker.ctx.policies.at(maker.now, engagement["city_code"]).attendance
    if engagement["state"] == "confirmed":
        late = engagement["starts_at"] + timedelta(minutes=policy.absence_after_start_minutes)
        maker.book.due(ARRIVAL, engagement["id"], late, now=maker.now)
    maker.book.due(SHIFT_END, engagement["id"], engagement["ends_at"], now=maker.now)


def _worked(maker: Maker, offered: Offered, engagement: dict[str, Any], hand: Hand, seat: int) -> None:
    """Arrival, and where the work is settled departure, hours, pay and what it says of both sides."""
    starts, ends, firm = offered.shift["starts_at"], offered.shift["ends_at"], offered.firm
    _tell(maker, engagement, "check_in", "qr", starts, Actor("worker", hand.id))
    if engagement["state"] != "completed":
        return
    _tell(maker, engagement, "check_out", "employer", ends, firm.owner)
    rest = offered.shift["break_minutes"]
    hours = Hours(starts, ends, rest, paid_minutes(starts, ends, rest))
    pieces = hours.minutes * PIECES_AN_HOUR // 60 if offered.posting["pay_unit"] in pay_rules.COUNTED else None
    agreed = ends + timedelta(minutes=40)
    timesheet(maker, engagement, hours, pieces, agreed, firm.owner, hand)
    pay(maker, offered, engagement, hours, pieces, agreed, hand, seat)
    hand.events.append(mark("completed", agreed, engagement))


def _tell(maker: Maker, engagement: dict[str, Any], kind: str, method: str, at: datetime, by: Actor) -> None:
    maker.book.plain(
        AttendanceRow,
        id=maker.book.id(kind, engagement["id"]),
        engagement_id=engagement["id"],
        kind=kind,
        method=method,
        at=at,
        told_at=at,
        actor_kind=by.kind,
        actor_id=by.id,
    )


def _apply(maker: Maker, offered: Offered, roster: Roster, chance: Random) -> None:
    """Some have asked; where everything is taken, the next ones stand in line."""
    shift = offered.shift
    full = shift["taken"] >= shift["headcount"]
    for _ in range(chance.choice((0, 0, 1, 2)) + full):
        hand = roster.pick(offered, chance, offered.published_at)
        if hand is not None:
            _application(maker, offered, hand, chance, line=full)


def _application(maker: Maker, offered: Offered, hand: Hand, chance: Random, *, line: bool) -> None:
    shift = offered.shift
    at = max(offered.published_at, maker.now - timedelta(minutes=chance.randint(2, 20)))
    policy = maker.ctx.policies.at(maker.now, shift["city_code"]).applications
    due = shift["starts_at"] if line else employer_answers_by(shift["starts_at"], maker.now, policy)
    application_id = maker.book.id("application", shift["id"], hand.id)
    if line:
        shift["wait_numbers"] += 1
    maker.book.keep(
        ApplicationRow,
        application_id,
        Step("waitlist" if line else "apply", "waitlisted" if line else "sent", at, Actor("worker", hand.id)),
        posting_id=offered.posting["id"],
        shift_id=shift["id"],
        worker_id=hand.id,
        employer_id=offered.firm.id,
        city_code=shift["city_code"],
        origin="claimed" if line else "applied",
        wait_number=shift["wait_numbers"] if line else None,
        terms_version=1,
    )
    maker.book.due(ANSWER_TIMER, application_id, due, now=maker.now)


def remember(maker: Maker, made: Sequence[tuple[type[Any], dict[str, Any], list[dict[str, Any]]]]) -> None:
    """What was done is kept with people and employers: a row a mark, and what counts of them beside its subject."""
    for table, row, events in made:
        newest = sorted(events, key=lambda event: event["at"])[-KEPT:]
        side = "worker_id" if table is WorkerRow else "employer_id"
        for event in newest:
            at, kind = event["at"], event["kind"]
            mark_id = maker.book.id("mark", row["id"], kind, event["engagement_id"])
            step = Step("mark", "counted", at, SYSTEM)
            maker.book.keep(ReliabilityEventRow, mark_id, step, **event | {side: row["id"]})
        if newest:
            copied = [{"kind": event["kind"], "excused": False, "at": event["at"].isoformat()} for event in newest]
            step = Step("reliability", row["state"], newest[-1]["at"], SYSTEM)
            maker.book.edit(table, row, step, reliability=copied)
