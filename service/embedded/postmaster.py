"""Starts, stops and clears away the server process of one cluster."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from service.embedded.binaries import Binaries
from service.embedded.cluster import Cluster, check_space
from service.embedded.configuration import LOG_FILES_KEPT, command_line, write_configuration
from service.embedded.errors import InUse
from service.embedded.initialise import CLEAN_ENVIRONMENT
from service.embedded.probe import PORT
from service.embedded.processes import first_of, send, server_processes, wait_gone
from service.embedded.sidefiles import lock_within

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
FAST_STOP_SECONDS = 30.0
IMMEDIATE_STOP_SECONDS = 5.0
KILL_SECONDS = 5.0

Say = Callable[[str], None]


def adopt_orphans() -> None:
    """Become the parent of server processes whose postmaster died, so that we can reap them (Linux)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def launch(cluster: Cluster, binaries: Binaries, output: int) -> subprocess.Popen[bytes]:
    """Start the server in the foreground as our child; it may still be recovering when this returns.

    Raises NoSpace, or InUse when a process that we cannot see still works on the data.
    """
    check_space(cluster.home)
    prune_logs(cluster.log_dir)
    write_configuration(cluster)
    lock = lock_within(cluster.data_lock, KILL_SECONDS)
    try:
        remove_stale_marks(cluster)
        return subprocess.Popen(
            [str(binaries.folder / "postgres"), *command_line(cluster)],
            cwd=cluster.home,
            env=CLEAN_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            pass_fds=(lock,),
            preexec_fn=_die_with_parent(),  # safe: the supervisor has one thread
            **cluster.account.popen(),
        )
    finally:
        os.close(lock)


def _die_with_parent() -> Callable[[], object] | None:
    # the kernel then asks the server for a fast shutdown, even when we are killed with -9
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)


def remove_stale_marks(cluster: Cluster) -> None:
    """Remove pid and socket marks of a server that is gone; PostgreSQL believes any live pid in them.

    Only to be called with the data lock held, which proves that no server is left.
    """
    name = f".s.PGSQL.{PORT}"
    for mark in (
        cluster.data / "postmaster.pid",
        cluster.socket_dir / name,
        cluster.socket_dir / f"{name}.lock",
    ):
        mark.unlink(missing_ok=True)


def clear_leftovers(cluster: Cluster, say: Say) -> None:
    """Stop every server process that still works on this data directory: fast, then at once, then -9.

    Raises InUse when some outlive even that.
    """
    left = server_processes(cluster.data)
    if not left:
        return
    say(f"stopping a leftover server on {cluster.data}: processes {sorted(left)}")
    chief = first_of(left)
    if chief is not None:
        send(chief, signal.SIGINT)
        if wait_gone(cluster.data, FAST_STOP_SECONDS):
            return
    for number, seconds in ((signal.SIGQUIT, IMMEDIATE_STOP_SECONDS), (signal.SIGKILL, KILL_SECONDS)):
        for pid in server_processes(cluster.data):
            send(pid, number)
        if wait_gone(cluster.data, seconds):
            return
    raise InUse(f"server processes {server_processes(cluster.data)} on {cluster.data} do not go away")


def prune_logs(folder: Path, keep: int = LOG_FILES_KEPT) -> None:
    """Delete all but the newest log files of the server."""
    try:
        names = sorted(name for name in os.listdir(folder) if name.startswith("postgresql-"))
    except OSError:
        return
    for name in names[:-keep]:
        (folder / name).unlink(missing_ok=True)
