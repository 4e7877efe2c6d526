"""The city that `linggong run` leaves in an empty development database, and where to knock."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sqlalchemy import exists, select

from service.clock import read_clock
from service.context import Context
from service.demo.signins_file import keep_secrets, with_kept_secrets
from service.people.tables import PersonRow
from service.testing.halls import marker
from service.testing.maker import Maker
from service.testing.rows import Book
from service.testing.seed import seed_city
from service.testing.signins import Secrets, Signins, show
from service.venues.tables import VenueRow

NUMBER = 1


async def seed_demo_if_empty(ctx: Context) -> Signins | None:
    """Make the demo city where nobody lives yet, or name its sign-ins again; None beside people of one's own.

    Only a development database is touched. Passwords and keys are random and kept in the data folder, before the city
    is committed: a start that is stopped midway leaves either nothing or a city that can be entered.
    """
    if ctx.settings.env != "development":
        return None
    async with ctx.database.sessions() as session, session.begin():
        inhabited = (await session.execute(select(exists().where(PersonRow.id.is_not(None))))).scalar_one()
        maker = Maker(ctx, NUMBER, await read_clock(session), Book(NUMBER), Secrets(NUMBER, fixed=False))
        ours = await session.get(VenueRow, marker(maker)) is not None
    if inhabited and not ours:
        return None
    found = await seed_city(ctx, NUMBER, say=False, keep=partial(keep_secrets, ctx.settings.data_dir))
    return found if found.fresh else await with_kept_secrets(ctx, found)


def show_demo(found: Signins) -> None:
    """A short table: who may come in with what. Where the service answers is said once it does."""
    print(f"\nDemo city: {found.counts['workers']} people, {found.counts['shifts']} shifts\n")
    known = any(entry.password for entry in found.entries)
    show(replace(found, fresh=found.fresh or known), as_lines=False)
