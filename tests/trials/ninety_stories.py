"""The stories of the ninety days: what is to happen on which day, drawn with a fixed seed, and done over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import httpx2

from tests.trials.ninety_told import DAY, LOCAL, Seat, Told, at
from tests.trials.stage import Person, until_answered

Headers = dict[str, str]
MORNING, ASKED, NOON, EVENING, ASKED_LATE, NIGHT = STOPS = ("09:00", "10:05", "13:00", "18:00", "19:05", "20:00")
Deed = Callable[["Doer"], Awaitable[None]]
PAY_FEN = 2500  # an hour


@dataclass
class Firm:
    """An employer and whoever decides for it."""

    id: UUID
    boss: Headers


@dataclass
class Placed:
    """A posting with its stories; withdrawn when all of them are over."""

    row: Any
    firm: Firm
    settlement: str
    withdraw_at: datetime
    withdrawn: datetime | None = None


@dataclass
class Turn:
    """One seat of a story: a shift, where there is one already the seat, and how it is worked and paid."""

    shift: Any
    begins: datetime
    ends: datetime
    pay_after: int | None  # days; None: never
    id: str = ""
    seat: Seat | None = None


@dataclass
class Story:
    """One person recommended for one posting."""

    kind: str
    day: date
    placed: Placed
    who: Person
    officer: Headers
    tempers: dict[str, str]
    at_counter: bool
    turns: list[Turn] = field(default_factory=list)
    told: Told | None = None
    referral: str = ""
    talk: str = ""
    deeds: dict[datetime, list[Deed]] = field(default_factory=dict)

    def on(self, days: int, clock: str, deed: Deed) -> None:
        """Something to be done, so many days after the beginning."""
        self.deeds.setdefault(at(self.day + days * DAY, clock), []).append(deed)


class Doer:
    """Does the deeds of one story, one after the other, and keeps what was told."""

    def __init__(self, http: httpx2.AsyncClient, story: Story, now: datetime):
        self.http, self.story, self.now = http, story, now

    async def post(self, path: str, who: Headers, body: Any = None, *, match: int | None = None) -> Any:
        """Sent until answered; anything but a yes is a fault of the trial or of the service."""
        headers = who | ({"if-match": f'"{match}"'} if match is not None else {})
        answer = await until_answered(self.http, "POST", f"/v1{path}", headers, {} if body is None else body)
        assert answer.status_code in (200, 201), (self.story.kind, self.now, path, answer.status_code, answer.text)
        return answer.json()

    @property
    def boss(self) -> Headers:
        return self.story.placed.firm.boss

    @property
    def told(self) -> Told:
        assert self.story.told is not None
        return self.story.told

    async def refer(self) -> None:
        story = self.story
        body = {"worker_ids": [str(story.who.id)], "shift_id": str(story.turns[0].shift.id), "ready": story.at_counter}
        query = "?on_behalf=at_counter" if story.at_counter else ""
        made = await self.post(f"/postings/{story.placed.row.id}/referrals{query}", story.officer, body)
        assert not made["refused"], made
        story.referral = made["referrals"][0]["id"]
        story.told = Told(self.now, story.placed.settlement)

    async def accept(self) -> None:
        await self.post(f"/referrals/{self.story.referral}/accept", self.story.who.headers, {"ready": True})

    async def decline(self) -> None:
        await self.post(f"/referrals/{self.story.referral}/decline", self.story.who.headers, {"reason": "too_far"})
        self.told.over = self.now

    async def say_no(self) -> None:
        body = {"outcome": "decline", "reason": "skill_does_not_fit"}
        await self.post(f"/referrals/{self.story.referral}/decide", self.boss, body)
        self.told.over = self.now

    async def see(self) -> None:
        await self.post(f"/referrals/{self.story.referral}/decide", self.boss, {"outcome": "accept"})

    async def arrange(self) -> None:
        when = at(self.story.day + DAY, "14:00")
        body = {"kind": "phone", "at": when.isoformat()}
        made = await self.post(f"/referrals/{self.story.referral}/talks", self.boss, body)
        self.story.talk = made["talk"]["id"]
        self.told.talks.append((self.now, when))

    async def talk(self) -> None:
        await self.post(f"/talks/{self.story.talk}/result", self.boss, {"came": "both"})

    async def withdraw(self) -> None:
        await self.post(f"/referrals/{self.story.referral}/withdraw", self.story.officer, {"reason": "made_by_mistake"})
        self.told.over = self.now

    async def run_out(self) -> None:
        """Nobody answered: a timer of the service has ended it by now."""
        self.told.over = self.now

    async def hire(self) -> None:
        made = await self.post(f"/referrals/{self.story.referral}/offer", self.boss)
        await self._seated(self.story.turns[0], made["engagement_id"])

    async def claim(self, number: int) -> None:
        """A further shift of the same work."""
        turn = self.story.turns[number]
        made = await self.post(f"/shifts/{turn.shift.id}/claims", self.story.who.headers)
        assert made["engagement_id"], made
        await self._seated(turn, made["engagement_id"])

    async def _seated(self, turn: Turn, engagement_id: str) -> None:
        turn.id, turn.seat = engagement_id, Seat(self.now, turn.begins, turn.ends)
        self.told.seats.append(turn.seat)
        await self.post(f"/engagements/{turn.id}/coming", self.story.who.headers, {"coming": True})

    async def cancel(self, number: int) -> None:
        turn = self.story.turns[number]
        await self.post(f"/engagements/{turn.id}/cancel", self.story.who.headers, {"reason": "family_emergency"})
        assert turn.seat is not None
        turn.seat.gone = self.now
        if number == 0:
            self.told.over = self.now

    async def come(self, number: int) -> None:
        await self.post(f"/engagements/{self.story.turns[number].id}/check-in", self.boss, {"method": "employer"})

    async def miss(self, number: int) -> None:
        await self.post(f"/engagements/{self.story.turns[number].id}/mark-absent", self.boss)

    async def leave(self, number: int, clock: str | None = None) -> None:
        """Checked out, the hours agreed by both: from then on it is known until when it must be paid."""
        turn = self.story.turns[number]
        assert turn.seat is not None
        end = at(turn.begins.astimezone(LOCAL).date(), clock) if clock else turn.ends
        if clock:
            turn.seat.left = (self.now, end)
        made = await self.post(f"/engagements/{turn.id}/check-out", self.boss, {"at": end.isoformat()})
        sheet = f"/timesheets/{made['timesheet_id']}/agree"
        said = await self.post(sheet, self.boss, match=1)
        agreed = await self.post(sheet, self.story.who.headers, match=said["version"])
        turn.seat.owed = (self.now, _due_on(turn.begins.astimezone(LOCAL).date(), self))
        record, amount = agreed["pay_record_id"], int((end - turn.begins).total_seconds()) * PAY_FEN // 3600
        if turn.pay_after is not None:
            when = at(self.now.astimezone(LOCAL).date() + turn.pay_after * DAY, NIGHT)
            self.story.deeds.setdefault(when, []).append(lambda doer: doer.pay(record, amount))

    async def pay(self, record: str, amount: int) -> None:
        """Handed over, and said to have come."""
        paid = {"amount_fen": amount, "means": "cash"}
        await self.post(f"/pay-records/{record}/pay", self.boss, paid)
        await self.post(f"/pay-records/{record}/receive", self.story.who.headers, paid)


def _due_on(worked: date, doer: Doer) -> date:
    """The day until whose end it must be paid: the work's own, or the Sunday of its week; not before it was agreed."""
    settled = worked if doer.story.placed.settlement == "daily" else worked + (6 - worked.weekday()) * DAY
    return max(settled, doer.now.astimezone(LOCAL).date())
