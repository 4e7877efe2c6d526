"""Makes a new cluster in a temporary folder, with roles, database and extensions, then renames it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from service.embedded.account import Account
from service.embedded.binaries import EXTENSIONS, Binaries
from service.embedded.cluster import Cluster
from service.embedded.endpoint import APP, DATABASE, OWNER, SUPERUSER
from service.embedded.errors import StartFailed

BUILTIN_LOCALE_SINCE = 17
CLEAN_ENVIRONMENT = {"LC_ALL": "C", "TZ": "UTC", "PATH": "/usr/local/bin:/usr/bin:/bin"}

# Single-user mode reads one statement a line. Everything goes into template1 first, so that each later
# database (tests make many) has the extensions and the service role's rights on the owner's tables.
_TEMPLATE = [
    f"CREATE ROLE {OWNER} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
    f"CREATE ROLE {APP} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE",
    *(f"CREATE EXTENSION {name}" for name in EXTENSIONS),
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
    f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} GRANT USAGE, SELECT ON SEQUENCES TO {APP}",
    # two Chinese characters must give trigrams, or text search would find nothing, silently
    r"SELECT 1 / (CASE WHEN show_trgm(U&'\96F6\5DE5') <> '{}' THEN 1 ELSE 0 END)",
    f"CREATE DATABASE {DATABASE} OWNER {OWNER}",
]


def initialise(cluster: Cluster, binaries: Binaries) -> None:
    """Make the cluster's data directory; nothing is left behind when any step fails.

    Raises StartFailed with the program's own words.
    """
    _clear_abandoned(cluster.home)
    draft = Path(tempfile.mkdtemp(prefix=".new-data-", dir=cluster.home))
    try:
        cluster.account.give(draft)
        _run(
            [str(binaries.folder / "initdb"), "-D", str(draft), *_initdb_options(binaries.major)],
            cluster.account,
        )
        _single_user(draft, binaries, cluster.account, _TEMPLATE)
        os.rename(draft, cluster.data)
        _sync_folder(cluster.home)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _clear_abandoned(home: Path) -> None:
    for draft in home.glob(".new-data-*"):
        shutil.rmtree(draft, ignore_errors=True)


def _initdb_options(major: int) -> list[str]:
    options = [
        f"--username={SUPERUSER}",
        "--auth-local=trust",
        "--auth-host=reject",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
    ]
    # macOS has no C.UTF-8; only the character type needs to know UTF-8
    names = ("C", "en_US.UTF-8") if sys.platform == "darwin" else ("C.UTF-8", "C.UTF-8")
    locale = [f"--lc-collate={names[0]}", f"--lc-ctype={names[1]}"]
    if major >= BUILTIN_LOCALE_SINCE:
        return [*options, "--locale-provider=builtin", "--builtin-locale=C.UTF-8", *locale]
    return [*options, "--locale-provider=libc", *locale]


def _single_user(data: Path, binaries: Binaries, account: Account, statements: list[str]) -> None:
    command = [str(binaries.folder / "postgres"), "--single", "-D", str(data)]
    command += ["-c", "exit_on_error=on", "-c", "timezone=UTC", "-c", "log_checkpoints=off", "template1"]
    _run(command, account, "\n".join(statements) + "\n")


def _run(command: list[str], account: Account, text: str | None = None) -> None:
    done = subprocess.run(
        command,
        cwd="/",
        env=CLEAN_ENVIRONMENT,
        input=text or "",
        capture_output=True,
        text=True,
        check=False,
        **account.popen(),
    )
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise StartFailed(f"{Path(command[0]).name} could not make the database (code {done.returncode}): {said}")


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
