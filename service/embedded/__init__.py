"""PostgreSQL without a server of one's own: finds it, makes a database, keeps it running."""

from __future__ import annotations

import os
from pathlib import Path

from service.embedded.endpoint import Endpoint
from service.embedded.errors import (
    EmbeddedError,
    EmbeddedRefused,
    InUse,
    NoPostgres,
    NoSpace,
    StartFailed,
    StartTimeout,
    Unreachable,
    WrongVersion,
)

STOP_SECONDS = 45.0


def check_allowed(env: str, forced: bool) -> None:
    """Refuse the embedded database in production, for which it is not meant, unless the operator insists.

    Raises EmbeddedRefused.
    """
    if env == "production" and not forced:
        raise EmbeddedRefused(
            "set DATABASE_URL: the embedded database is meant for trials, tests and single stations, "
            "and refuses LINGGONG_ENV=production unless it is forced"
        )


def ensure_running(data_dir: Path, *, timeout: float | None = None, bin_dir: Path | None = None) -> Endpoint:
    """Attach to the server of `data_dir`, starting (or making) it if need be; cheap when it is up.

    Waits for recovery without limit unless `timeout` (seconds) is given. Any number of processes may call
    it at once and again at any time: one of them starts a supervisor, and the server stops when the last
    process that called this is gone. `bin_dir` names the only folder to take PostgreSQL's programs from.
    Raises NoPostgres, WrongVersion, Unreachable, NoSpace, InUse, StartFailed or StartTimeout.
    """
    if os.name != "posix":
        raise NoPostgres("set DATABASE_URL: the embedded database runs on Linux and macOS only")
    # imported late: what follows needs file locks and accounts, which only POSIX systems have
    from service.embedded import attach

    return attach.ensure_running(data_dir, timeout=timeout, bin_dir=bin_dir)


def stop(endpoint: Endpoint, *, timeout: float = STOP_SECONDS) -> None:
    """Stop the supervisor and its server, whoever started or uses them, and wait until both are gone.

    Raises StartTimeout when they are not after `timeout` seconds.
    """
    from service.embedded import attach

    attach.stop(endpoint, timeout=timeout)


__all__ = [
    "EmbeddedError",
    "EmbeddedRefused",
    "Endpoint",
    "InUse",
    "NoPostgres",
    "NoSpace",
    "StartFailed",
    "StartTimeout",
    "Unreachable",
    "WrongVersion",
    "check_allowed",
    "ensure_running",
    "stop",
]
