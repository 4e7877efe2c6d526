"""`linggong`: one command for everything an operator does; each part is imported only when it is used."""

from __future__ import annotations

import gc
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.starting import addresses_of, run_to_end, settings_in_force, with_context
from service.cli.upkeep import upkeep

if TYPE_CHECKING:
    from service.context import Context

cli = typer.Typer(no_args_is_help=True, add_completion=False, help="Linggong (零工): the odd-job market of a city.")


def main() -> None:
    """Run a command; refusals are one line each on standard error, with exit code 1.

    Garbage is looked for seldom: a command imports a thousand modules, and walking them all again and again took a
    third of the time until a process was ready.
    """
    from service.cli.refusals import explained

    gc.set_threshold(100_000, 50, 100)
    try:
        cli()
    except Exception as error:
        reasons = explained(error)
        if reasons is None:
            raise
        for reason in reasons:
            print(f"linggong: {reason}", file=sys.stderr)
        raise SystemExit(1) from None


@cli.command("replay-plan")
def replay_plan(
    file: Annotated[Path, typer.Argument(help="a plan's bundle, as GET /v1/plans/{id}/bundle gives it")],
) -> None:
    """Make a published plan of a hall again, without any database, and say whether it is the same."""
    from service.cli.replaying import replay

    raise typer.Exit(0 if replay(file) else 1)


@cli.command("slip-check")
def slip_check(
    text: Annotated[str, typer.Argument(help="what the QR of the slip says")],
    keys: Annotated[Path, typer.Option(help="the service's public keys, as GET /v1/keys gives them")],
    employer: Annotated[str | None, typer.Option(help="the employer that the slip has to be made out to")] = None,
    at: Annotated[str | None, typer.Option(help="the time to ask for, RFC 3339; else now")] = None,
    seen: Annotated[Path | None, typer.Option(help="file of slips taken already; a true one is added")] = None,
) -> None:
    """Say whether a referral slip is true, without the service."""
    from service.cli.slips import check, employer_of, local_time

    try:
        moment = local_time(at) if at else None
        true = check(text, keys, employer=employer_of(employer), at=moment, seen=seen)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        typer.echo(f"linggong: {_short(wrong)}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(0 if true else 1)


@cli.command("guard-report")
def guard_report(
    file: Annotated[Path, typer.Argument(help="labelled texts, one JSON object a line: title, text, labels")],
    rules: Annotated[Path | None, typer.Option(help="folder with rule files of one's own")] = None,
) -> None:
    """How the posting guard does on labelled texts: precision and recall of each rule; scenarios are tried first."""
    from service.cli.guarding import report

    try:
        right = report(file, rules)
    except (OSError, ValueError, KeyError) as wrong:
        typer.echo(f"linggong: {file} cannot be read as labelled texts: {_short(wrong)}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(0 if right else 1)


def _short(wrong: Exception) -> str:
    """What is wrong, in one line."""
    if isinstance(wrong, OSError):
        return wrong.strerror or type(wrong).__name__
    return f"no {wrong}" if isinstance(wrong, KeyError) else str(wrong).partition("\n")[0]


@cli.command()
def run(
    demo: Annotated[bool, typer.Option(help="Fill an empty development database with a small city.")] = True,
) -> None:
    """Everything on one machine: database, schema, demo city, service and jobs. Ctrl-C stops it all."""
    from service.cli.together import run_together

    raise SystemExit(run_together(settings_in_force(), demo=demo))


@cli.command()
def serve() -> None:
    """The HTTP service (any number of processes)."""
    from service.serve import serve as serve_http

    settings = settings_in_force()
    run_to_end(serve_http(settings, addresses_of(settings)))


@cli.command()
def jobs() -> None:
    """Timers and messages on their way (any number of processes)."""
    from service.cli.jobs import run_jobs

    settings = settings_in_force()
    run_to_end(run_jobs(settings, addresses_of(settings)))


@cli.command()
def migrate(to: Annotated[str, typer.Option(help="Revision to reach.")] = "head") -> None:
    """Bring the schema to its head; safe to start many times at once."""
    from service.db.migrate import role_of, upgrade
    from service.faults import Faults

    settings = settings_in_force()
    found = addresses_of(settings)
    role = role_of(found.service)
    service_role = role if role != role_of(found.owner) else None
    if service_role is None and settings.is_production:
        print("linggong: the service's role owns the schema; set DATABASE_OWNER_URL", file=sys.stderr)
    faults = Faults.parse(settings.faults)
    reached = run_to_end(upgrade(found.owner, service_role=service_role, faults=faults, to=to))
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

    raise SystemExit(run_to_end(with_context(settings_in_force(), work)))


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

    run_to_end(with_context(settings_in_force(), work))


@cli.command(name="seed-demo", hidden=True)
def seed_demo() -> None:
    """A small living city for an empty development database, and its sign-ins."""
    from service.demo.city import seed_demo_if_empty, show_demo

    settings = settings_in_force()

    async def work(ctx: Context) -> None:
        found = await seed_demo_if_empty(ctx)
        if found is not None:
            show_demo(found)

    run_to_end(with_context(settings, work))


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

    raise SystemExit(run_to_end(with_context(settings_in_force(), work)))


@cli.command()
def demo(
    postings: Annotated[Path | None, typer.Option(help="Postings of a source; default: the bundled sample.")] = None,
    mapping: Annotated[str | None, typer.Option(help="Mapping for --postings.")] = None,
    url: Annotated[str | None, typer.Option(help="Where the service runs; default: from the settings.")] = None,
) -> None:
    """Play the whole story over HTTP against the running service, step by step."""
    from service.demo.story import play

    settings = settings_in_force()
    raise SystemExit(run_to_end(play(settings, url or settings.base_url, postings, mapping)))


@cli.command()
def clock(
    action: Annotated[str, typer.Argument(help="show, set, freeze, advance or release")] = "show",
    value: Annotated[str | None, typer.Argument(help="a time with offset, or seconds for advance")] = None,
) -> None:
    """The shared clock of a rehearsal (LINGGONG_ENV=test only)."""
    settings = settings_in_force()
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

    run_to_end(with_context(settings, work))


cli.add_typer(upkeep)  # without a name: its commands stand beside these


if __name__ == "__main__":
    main()
