"""`linggong audit`: the log as an export that an auditor takes away, and checking one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from service.cli.starting import run_to_end, settings_in_force, with_context

if TYPE_CHECKING:
    from service.context import Context

audit = typer.Typer(no_args_is_help=True, help="The sealed log: export it, check it.")
Keys = Annotated[Path, typer.Option(help="The answer of GET /v1/keys, as kept outside.")]


@audit.command()
def export(folder: Path) -> None:
    """Every line with its seal, versions of entities, a signed manifest; into an empty folder."""
    from service.audit.exporting import export_log

    async def work(ctx: Context) -> None:
        manifest = await export_log(ctx, folder)
        print(f"{folder}: until {manifest['at']}, signed with {manifest['signature']['key_id']}")

    try:
        run_to_end(with_context(settings_in_force(), work))
    except FileExistsError as wrong:
        raise SystemExit(f"linggong: {wrong}") from None


@audit.command()
def verify(
    export: Annotated[Path, typer.Argument(help="The folder of an export.")],
    anchors: Annotated[Path, typer.Option(help="anchors.jsonl, as kept outside.")],
    keys: Keys,
) -> None:
    """Check an export with anchors and public keys alone: no service, no database, no settings."""
    from service.verifying.__main__ import main

    raise SystemExit(main(["audit", str(export), "--anchors", str(anchors), "--keys", str(keys)]))


@audit.command(name="verify-pack")
def verify_pack(file: Annotated[Path, typer.Argument(help="The .json of an evidence pack.")], keys: Keys) -> None:
    """Check an evidence pack with public keys alone."""
    from service.verifying.__main__ import main

    raise SystemExit(main(["pack", str(file), "--keys", str(keys)]))
