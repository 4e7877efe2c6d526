"""`linggong seed`: a small living city from one number; the same number makes the same city.

Shanghai and, as a second jurisdiction, Ningbo: people, employers of every kind, markets with kiosks, staff,
postings past, of today's dawn and to come, seats worked and paid, claims and waitlists. Everything is invented
and nothing is a stub: rows carry their log and their timers, so that the invariants hold and the jobs go on
from here. One transaction: a seed is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from service.clock import read_clock
from service.context import Context
from service.db.base import Base
from service.employers.tables import EmployerRow
from service.engagements.tables import EngagementRow
from service.listings.upkeep import compare_all
from service.pay.tables import PayRecordRow
from service.postings.tables import PostingRow
from service.settings import UnsafeSettings
from service.shifts.tables import ShiftRow
from service.testing.balances import make_balances
from service.testing.firms import Firm, firm_signins, make_firm, make_ties
from service.testing.halls import make_halls, marker, staff_signins
from service.testing.maker import Maker
from service.testing.offers import Made, make_posting, mark_filled
from service.testing.people import Hand, make_hand, worker_signins
from service.testing.rows import Book
from service.testing.seats import Roster, fill, remember
from service.testing.signins import Secrets, Signin, Signins, show
from service.testing.supplies import make_supplies
from service.testing.together import drop_known_numbers, make_crews
from service.testing.wages import count_payments
from service.venues.tables import VenueRow
from service.workers.tables import WorkerRow

AT_ONCE = 2000  # rows of one kind that are held in memory
LONG = 2000  # from so many people and postings on a bar shows how far it is
ROSTER_MOST = 20_000
CREWS = 3
COUNTED: dict[str, type[Base]] = {
    "workers": WorkerRow,
    "employers": EmployerRow,
    "postings": PostingRow,
    "shifts": ShiftRow,
    "engagements": EngagementRow,
    "pay_records": PayRecordRow,
}
Advance = Callable[[int], None]


async def seed_city(
    ctx: Context,
    number: int,
    *,
    workers: int = 300,
    employers: int = 40,
    postings: int = 120,
    say: bool = True,
    keep: Callable[[Signins], None] | None = None,
) -> Signins:
    """Make the city of a number, or say that it is there already; prints the sign-ins unless told not to.

    `keep` is given those of a city made now before it is there: whatever stops this afterwards, they are kept.

    Raises UnsafeSettings in production: invented people have no place among real ones.
    """
    if ctx.settings.is_production:
        raise UnsafeSettings(["seed makes invented people; it refuses LINGGONG_ENV=production"])
    async with ctx.database.sessions() as session, session.begin():
        await session.execute(
            text("select pg_advisory_xact_lock(hashtextextended('seed', :number))"), {"number": number}
        )
        await session.execute(text("set local statement_timeout = 0"))
        maker = Maker(ctx, number, await read_clock(session), Book(number), Secrets(number, fixed=ctx.settings.is_test))
        if await session.get(VenueRow, marker(maker)) is not None:
            found = await _again(maker, session)
        else:
            found = await _make(maker, session, workers, employers, postings)
            if keep is not None:
                keep(found)
    await compare_all(ctx, mend=True)
    if say:
        show(found, as_lines=ctx.settings.is_test)
    return found


async def _make(maker: Maker, session: AsyncSession, workers: int, employers: int, postings: int) -> Signins:
    with _progress(workers + employers + postings) as advance:
        entries = await make_halls(maker)
        await maker.book.write(session, maker.ctx.vault)
        firms = await _firms(maker, session, employers, advance)
        hands = await _hands(maker, session, workers, advance)
        make_ties(maker, firms, hands)
        make_crews(maker, hands, CREWS)
        make_supplies(maker, hands)
        make_balances(maker, firms)
        await _offers(maker, session, firms, hands, postings, advance)
        remember(maker, [(WorkerRow, hand.row, hand.events) for hand in hands])
        remember(maker, [(EmployerRow, firm.row, firm.marks) for firm in firms])
        count_payments(maker, firms)
        await maker.book.write(session, maker.ctx.vault)
    people = worker_signins(maker, workers) + firm_signins(maker, employers)
    return Signins(maker.number, True, tuple(people + entries), await _counts(session))


async def _firms(maker: Maker, session: AsyncSession, count: int, advance: Advance) -> list[Firm]:
    firms: list[Firm] = []
    for numbers in _pieces(count):
        firms += [make_firm(maker, n) for n in numbers]
        await maker.book.write(session, maker.ctx.vault)
        advance(len(numbers))
    return firms


async def _hands(maker: Maker, session: AsyncSession, count: int, advance: Advance) -> list[Hand]:
    """All are written; the first ones are remembered for the seats."""
    hands: list[Hand] = []
    for numbers in _pieces(count):
        made = [make_hand(maker, n) for n in numbers]
        await drop_known_numbers(maker, session)
        await maker.book.write(session, maker.ctx.vault)
        hands += made[: max(0, ROSTER_MOST - len(hands))]
        advance(len(numbers))
    return hands


async def _offers(
    maker: Maker, session: AsyncSession, firms: Sequence[Firm], hands: Sequence[Hand], count: int, advance: Advance
) -> None:
    roster = Roster(hands, maker.now)
    for numbers in _pieces(count, AT_ONCE // 10):
        made: list[Made] = [make_posting(maker, n, firms) for n in numbers]
        for each in made:
            fill(maker, each, roster)
            mark_filled(maker, each)
        await maker.book.write(session, maker.ctx.vault)
        advance(len(numbers))


async def _again(maker: Maker, session: AsyncSession) -> Signins:
    """The sign-ins of a city that is there; secrets only where they can be made again (in a rehearsal)."""
    counts = await _counts(session)
    people: list[Signin] = worker_signins(maker, counts["workers"]) + firm_signins(maker, counts["employers"])
    return Signins(maker.number, False, tuple(people + staff_signins(maker, again=True)), counts)


async def _counts(session: AsyncSession) -> dict[str, int]:
    return {
        name: (await session.execute(select(func.count()).select_from(table))).scalar_one()
        for name, table in COUNTED.items()
    }


def _pieces(count: int, size: int = AT_ONCE) -> Iterator[range]:
    return (range(start, min(start + size, count)) for start in range(0, count, size))


@contextmanager
def _progress(total: int) -> Iterator[Advance]:
    """A bar where it takes long, on standard error; silence otherwise."""
    if total < LONG:
        yield lambda _: None
        return
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("seed", total=total)
        yield lambda steps: bar.advance(task, steps)
