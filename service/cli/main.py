"""`linggong`: one command for everything an operator does; each part is imported only when it is used."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

if TYPE_CHECKING:
    from service.context import Context
    from service.settings import Settings
    from service.startup import Addresses

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Linggong (零工): the odd-job market of a city.")
db = typer.Typer(no_args_is_help=True, help="Copies of the database.")
cli.add_typer(db, name="db")


def main() -> None:
    """Run a command; refusals are one line each on standard error, with exit code 1."""
    from service.cli.refusals import explained

    try:
        cli()
    except Exception as error:
        reasons = explained(error)
        if reasons is None:
            raise
        for reason in reasons:
            print(f"linggong: {reason}", file=sys.stderr)
        raise SystemExit(1) from None


def _settings() -> Settings:
    from service.settings import Settings

    settings = Settings()
    settings.check()
    return settings


def _addresses(settings: Settings) -> Addresses:
    from service.startup import find_database

    return find_database(settings)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    if sys.platform == "win32":
        return asyncio.run(work)
    import uvloop

    return uvloop.run(work)


async def _with_context(settings: Settings, work: Any, *, quiet: bool = True) -> Any:
    from service.observability.logs import configure_logs
    from service.startup import build_context, opened
    from service.wiring import gather

    configure_logs("error" if quiet else settings.log_level, "cli", plain=settings.env == "development")
    ctx: Context = build_context(settings, _addresses(settings).service, gather(), application="linggong-cli")
    async with opened(ctx):
        return await work(ctx)


@cli.command("replay-plan")
def replay_plan(
    file: Annotated[Path, typer.Argument(help="a plan's bundle, as GET /v1/plans/{id}/bundle gives it")],
) -> None:
    """Make a published plan of a hall again, without any database, and say whether it is the same."""
    from service.cli.replaying import replay

    raise typer.Exit(0 if replay(file) else 1)


@cli.command("guard-report")
def guard_report(
    file: Annotated[Path, typer.Argument(help="labelled texts, one JSON object a line: title, text, labels")],
    rules: Annotated[Path | None, typer.Option(help="folder with rule files of one's own")] = None,
) -> None:
    """How the posting guard does on labelled texts: precision and recall of each rule; scenarios are tried first."""
    from service.cli.guarding import report

    raise typer.Exit(0 if report(file, rules) else 1)


@cli.command()
def run(
    demo: Annotated[bool, typer.Option(help="Fill an empty development database with a small city.")] = True,
) -> None:
    """Everything on one machine: database, schema, demo city, service and jobs. Ctrl-C stops it all."""
    from service.cli.together import run_together

    raise SystemExit(run_together(_settings(), demo=demo))


@cli.command()
def serve() -> None:
    """The HTTP service (any number of processes)."""
    from service.serve import serve as serve_http

    settings = _settings()
    _run(serve_http(settings, _addresses(settings)))


@cli.command()
def jobs() -> None:
    """Timers and messages on their way (any number of processes)."""
    from service.cli.jobs import run_jobs

    settings = _settings()
    _run(run_jobs(settings, _addresses(settings)))


@cli.command()
def migrate(to: Annotated[str, typer.Option(help="Revision to reach.")] = "head") -> None:
    """Bring the schema to its head; safe to start many times at once."""
    from service.db.migrate import role_of, upgrade
    from service.faults import Faults

    settings = _settings()
    found = _addresses(settings)
    role = role_of(found.service)
    service_role = role if role != role_of(found.owner) else None
    if service_role is None and settings.is_production:
        print("linggong: the service's role owns the schema; set DATABASE_OWNER_URL", file=sys.stderr)
    faults = Faults.parse(settings.faults)
    reached = _run(upgrade(found.owner, service_role=service_role, faults=faults, to=to))
    print(f"Schema: revision {reached}")


@cli.command(name="import")
def import_file(
    file: Path,
    mapping: Annotated[str, typer.Option(help="Name of a shipped mapping, or a file.")],
    employer: Annotated[str | None, typer.Option(help="Employer id for rows that name none.")] = None,
    dry_run: Annotated[bool, typer.Option(help="Answer every row, store nothing.")] = False,
    report: Annotated[Path | None, typer.Option(help="Where to write the answers, one JSON line a row.")] = None,
) -> None:
    """Import postings (JSON, CSV, Excel) through a mapping."""
    from service.cli.importing import import_postings

    async def work(ctx: Context) -> int:
        return await import_postings(ctx, file, mapping, employer, dry_run=dry_run, report=report)

    raise SystemExit(_run(_with_context(_settings(), work)))


@cli.command()
def seed(
    number: Annotated[int, typer.Option("--seed", help="Same number, same city.")] = 1,
    workers: Annotated[int, typer.Option(min=1, max=1_000_000)] = 300,
    employers: Annotated[int, typer.Option(min=1, max=100_000)] = 40,
    postings: Annotated[int, typer.Option(min=1, max=100_000)] = 120,
) -> None:
    """Deterministic people, employers, postings, kiosks and roles in two jurisdictions; prints sign-ins."""
    from service.testing.seed import seed_city

    async def work(ctx: Context) -> None:
        await seed_city(ctx, number, workers=workers, employers=employers, postings=postings)

    _run(_with_context(_settings(), work))


@cli.command(name="seed-demo", hidden=True)
def seed_demo() -> None:
    """A small living city for an empty development database, and its sign-ins."""
    from service.demo.city import seed_demo_if_empty, show_demo

    settings = _settings()

    async def work(ctx: Context) -> None:
        found = await seed_demo_if_empty(ctx)
        if found is not None:
            show_demo(found)

    _run(_with_context(settings, work))


@cli.command(name="import-reference")
def import_reference(kind: str, file: Path, dry_run: bool = False) -> None:
    """Add dated rows (regions, minimum wages, holidays, policies, …) from JSON, YAML or CSV."""
    from service.reference.importing import import_reference as bring_in

    async def work(ctx: Context) -> int:
        tally = await bring_in(ctx, kind, file, dry_run=dry_run)
        print(f"accepted {tally.accepted}, unchanged {tally.unchanged}, refused {len(tally.refused)}")
        for row in tally.refused:
            print(row, file=sys.stderr)
        return 1 if tally.refused else 0

    raise SystemExit(_run(_with_context(_settings(), work)))


@cli.command()
def demo(
    postings: Annotated[Path | None, typer.Option(help="Postings of a source; default: the bundled sample.")] = None,
    mapping: Annotated[str | None, typer.Option(help="Mapping for --postings.")] = None,
    url: Annotated[str | None, typer.Option(help="Where the service runs; default: from the settings.")] = None,
) -> None:
    """Play the whole story over HTTP against the running service, step by step."""
    from service.demo.story import play

    settings = _settings()
    raise SystemExit(_run(play(settings, url or settings.base_url, postings, mapping)))


@cli.command()
def clock(
    action: Annotated[str, typer.Argument(help="show, set, freeze, advance or release")] = "show",
    value: Annotated[str | None, typer.Argument(help="a time with offset, or seconds for advance")] = None,
) -> None:
    """The shared clock of a rehearsal (LINGGONG_ENV=test only)."""
    settings = _settings()
    if not settings.is_test:
        raise SystemExit("linggong: the clock can be moved with LINGGONG_ENV=test only")

    async def work(ctx: Context) -> None:
        from service.clock import read_clock
        from service.testing.routes import change_clock

        if action == "show":
            async with ctx.database.sessions() as session, session.begin():
                print((await read_clock(session)).isoformat())
            return
        at = datetime.fromisoformat(value) if value and action in {"set", "freeze"} else None
        seconds = int(timedelta(seconds=float(value)).total_seconds()) if value and action == "advance" else None
        print((await change_clock(ctx, action, at, seconds)).isoformat())

    _run(_with_context(settings, work))


@cli.command(name="check-invariants")
def check_invariants() -> None:
    """Read-only SQL for everything that must never break; JSON; exit code 1 on a breach."""
    from service.invariants import check_all

    async def work(ctx: Context) -> int:
        return await check_all(ctx)

    raise SystemExit(_run(_with_context(_settings(), work)))


@cli.command(name="check-listings")
def check_listings(mend: Annotated[bool, typer.Option(help="Make anew those that differ.")] = False) -> None:
    """Compare the listings of the public search with the postings they stand for; exit code 1 where any differ."""
    from service.listings.upkeep import compare_all

    async def work(ctx: Context) -> int:
        _, wrong = await compare_all(ctx, mend=mend)
        print(f"{wrong} differed{' and were made anew' if mend and wrong else ''}")
        return 1 if wrong and not mend else 0

    raise SystemExit(_run(_with_context(_settings(), work)))


@cli.command(name="feed-export")
def feed_export(folder: Path) -> None:
    """The open-data feed as files: JSON Lines, CSV, data dictionary, manifest."""
    from service.cli.feeding import export_feed

    async def work(ctx: Context) -> int:
        return await export_feed(ctx, folder)

    raise SystemExit(_run(_with_context(_settings(), work)))


@cli.command(name="feed-changes")
def feed_changes(folder: Path) -> None:
    """What is new since the export in a folder, as one more file."""
    from service.cli.feeding import write_changes

    async def work(ctx: Context) -> int:
        return await write_changes(ctx, folder)

    raise SystemExit(_run(_with_context(_settings(), work)))


@cli.command(name="feed-rebuild")
def feed_rebuild() -> None:
    """Compare the open-data feed with what is public; mend differences by new entries; exit code 1 where any were."""
    from service.cli.feeding import look_over_feed

    raise SystemExit(_run(_with_context(_settings(), look_over_feed)))


@cli.command(name="dead-letters")
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

    _run(_with_context(_settings(), work))


@cli.command(name="create-admin")
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

    _run(_with_context(_settings(), work))


@cli.command()
def config() -> None:
    """The settings in force, secrets masked."""
    settings = _settings()
    for name in type(settings).model_fields:
        print(f"{name} = {getattr(settings, name)!s}")


@db.command()
def dump(file: Path) -> None:
    """Write a compressed copy of the whole database."""
    from service.cli.copies import dump_database

    raise SystemExit(dump_database(_addresses(_settings()), file))


@db.command()
def restore(file: Path) -> None:
    """Replace the database's content by a copy; refuses a database that holds people."""
    from service.cli.copies import restore_database

    raise SystemExit(restore_database(_addresses(_settings()), file))


if __name__ == "__main__":
    main()
