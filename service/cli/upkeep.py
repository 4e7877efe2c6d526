"""Commands that look after what is there: invariants, listings, the feed, dead letters, copies of the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from service.cli.auditing import audit
from service.cli.starting import addresses_of, run_to_end, settings_in_force, with_context

if TYPE_CHECKING:
    from service.context import Context

upkeep = typer.Typer()
db = typer.Typer(no_args_is_help=True, help="Copies of the database.")
upkeep.add_typer(db, name="db")
upkeep.add_typer(audit, name="audit")


@upkeep.command(name="check-invariants")
def check_invariants() -> None:
    """Read-only SQL for everything that must never break; JSON; exit code 1 on a breach."""
    from service.invariants import check_all

    async def work(ctx: Context) -> int:
        return await check_all(ctx)

    raise SystemExit(run_to_end(with_context(settings_in_force(), work)))


@upkeep.command(name="check-listings")
def check_listings(mend: Annotated[bool, typer.Option(help="Make anew those that differ.")] = False) -> None:
    """Compare the listings of the public search with the postings they stand for; exit code 1 where any differ."""
    from service.listings.upkeep import compare_all

    async def work(ctx: Context) -> int:
        _, wrong = await compare_all(ctx, mend=mend)
        print(f"{wrong} differed{' and were made anew' if mend and wrong else ''}")
        return 1 if wrong and not mend else 0

    raise SystemExit(run_to_end(with_context(settings_in_force(), work)))


@upkeep.command(name="feed-export")
def feed_export(folder: Path) -> None:
    """The open-data feed as files: JSON Lines, CSV, data dictionary, manifest."""
    from service.cli.feeding import export_feed

    async def work(ctx: Context) -> int:
        return await export_feed(ctx, folder)

    raise SystemExit(run_to_end(with_context(settings_in_force(), work)))


@upkeep.command(name="feed-changes")
def feed_changes(folder: Path) -> None:
    """What is new since the export in a folder, as one more file."""
    from service.cli.feeding import write_changes

    async def work(ctx: Context) -> int:
        return await write_changes(ctx, folder)

    raise SystemExit(run_to_end(with_context(settings_in_force(), work)))


@upkeep.command(name="feed-rebuild")
def feed_rebuild() -> None:
    """Compare the open-data feed with what is public; mend differences by new entries; exit code 1 where any were."""
    from service.cli.feeding import look_over_feed

    raise SystemExit(run_to_end(with_context(settings_in_force(), look_over_feed)))


@upkeep.command(name="dead-letters")
def dead_letters(
    resend: Annotated[list[UUID] | None, typer.Option(help="Send this one again; may be given several times.")] = None,
    resend_all: Annotated[bool, typer.Option(help="Send all of them again.")] = False,
) -> None:
    """Timers and messages that were given up, one JSON line each; or send them again."""
    from service.cli.dead_letters import send_again, show_dead_letters

    async def work(ctx: Context) -> None:
        if resend or resend_all:
            print(f"sent again: {await send_again(ctx, resend or [], everything=resend_all)}")
        else:
            await show_dead_letters(ctx)

    run_to_end(with_context(settings_in_force(), work))


@upkeep.command(name="create-admin")
def create_admin(
    username: str,
    phone: Annotated[str, typer.Option(prompt=True, help="Phone for the second factor.")],
    display_name: Annotated[str, typer.Option(prompt=True)],
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """The first administrator; later ones are made by an administrator."""
    from service.access.staff import create_admin as create

    async def work(ctx: Context) -> None:
        row = await create(ctx, username=username, password=password, phone=phone, display_name=display_name)
        print(row.id)

    run_to_end(with_context(settings_in_force(), work))


@upkeep.command()
def config() -> None:
    """The settings in force, secrets masked."""
    settings = settings_in_force()
    for name in type(settings).model_fields:
        print(f"{name} = {getattr(settings, name)!s}")


@db.command()
def dump(file: Path) -> None:
    """Write a compressed copy of the whole database."""
    from service.cli.copies import dump_database

    raise SystemExit(dump_database(addresses_of(settings_in_force()), file))


@db.command()
def restore(file: Path) -> None:
    """Replace the database's content by a copy; refuses a database that holds people."""
    from service.cli.copies import restore_database

    raise SystemExit(restore_database(addresses_of(settings_in_force()), file))
