"""Copies of the database with PostgreSQL's own tools; the values in them stay sealed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from service.db.engine import plain_url
from service.embedded.binaries import find_binaries
from service.startup import Addresses


def _tool(addresses: Addresses, name: str) -> str:
    """pg_dump or pg_restore: beside the embedded server when it has them, else on the PATH."""
    beside = find_binaries().folder / name if addresses.embedded else None
    found = str(beside) if beside is not None and beside.exists() else shutil.which(name)
    if found is None:
        raise SystemExit(f"linggong: {name} was not found; on Debian: apt install postgresql-client")
    return found


def dump_database(addresses: Addresses, file: Path) -> int:
    """A compressed custom-format copy, written beside the target and renamed when it is whole."""
    fresh = file.with_name(file.name + ".part")
    command = [_tool(addresses, "pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={fresh}"]
    done = subprocess.run([*command, plain_url(addresses.owner)], check=False).returncode
    if done == 0:
        fresh.replace(file)
    else:
        fresh.unlink(missing_ok=True)
    return done


def restore_database(addresses: Addresses, file: Path) -> int:
    """Restore into an empty database only: nobody's data is ever overwritten."""
    query = "select count(*) from persons"
    asked = subprocess.run(
        [_tool(addresses, "psql"), "--no-psqlrc", "--tuples-only", "--command", query, plain_url(addresses.owner)],
        check=False,
        capture_output=True,
        text=True,
    )
    if asked.returncode == 0 and asked.stdout.strip() not in {"", "0"}:
        print("linggong: this database holds people; restore into an empty one", file=sys.stderr)
        return 1
    options = ("--no-owner", "--no-privileges", "--clean", "--if-exists", "--single-transaction")
    command = [_tool(addresses, "pg_restore"), *options]
    return subprocess.run([*command, f"--dbname={plain_url(addresses.owner)}", str(file)], check=False).returncode
