"""The process that keeps one embedded PostgreSQL running for as long as anybody uses it."""

from __future__ import annotations

import argparse
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from service.embedded.binaries import Binaries, find_binaries, reachable
from service.embedded.cluster import Cluster, SideFiles, lay_out, make_requested
from service.embedded.errors import EmbeddedError, InUse, StartFailed
from service.embedded.guests import present
from service.embedded.initialise import initialise
from service.embedded.journal import Journal, last_words
from service.embedded.postmaster import adopt_orphans, clear_leftovers, launch
from service.embedded.probe import Answer, ask
from service.embedded.processes import Identity, identify, send, workers_of
from service.embedded.sidefiles import lock_within
from service.embedded.vigil import AT_WORK, LEAVING, Vigil

POLL_SECONDS = 0.5
STARTING_POLL_SECONDS = (0.02, 0.5)  # each question that comes too early costs a line in the server's log
PROGRESS_SECONDS = 5.0
PAUSE_SECONDS = (0.1, 5.0)
SETTLED_SECONDS = 0.5  # a server that worked this long is started again without a longer pause
FAILURES_BEFORE_FIRST_READY = 3
STOP_SECONDS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))  # fast shutdown, then immediate
LOCK_SECONDS = 2.0
EXIT_FAILED = 1
EXIT_LOCKED = 75


class Supervisor:
    """Runs the server of one cluster: starts it, publishes its state, restarts it, stops it."""

    def __init__(self, cluster: Cluster, binaries: Binaries, parent: Identity, journal: Journal) -> None:
        self.cluster = cluster
        self.binaries = binaries
        self.guest = parent
        self.journal = journal
        self.server: subprocess.Popen[bytes] | None = None
        self.server_code: int | None = None
        self.vigil = Vigil()
        self.was_ready = False
        self.asked_to_stop = False
        self.bell, self.ringer = os.pipe()

    def run(self) -> None:
        """Supervise until asked to stop, or until the parent and all other users are gone.

        Raises StartFailed when the server never came up, and what preparing the cluster raises.
        """
        self._listen_for_signals()
        try:
            self._prepare()
            self._keep_running()
        finally:
            self._publish("stopping")
            self._stop()
            self._publish("stopped")

    def _publish(self, state: str, **more: object) -> None:
        self.journal.publish(
            state,
            home=str(self.cluster.home),
            socket_dir=str(self.cluster.socket_dir),
            bin_dir=str(self.binaries.folder),
            version=self.binaries.version,
            **more,
        )

    def _listen_for_signals(self) -> None:
        os.set_blocking(self.ringer, False)
        signal.set_wakeup_fd(self.ringer, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def _on_stop(self, *_: object) -> None:
        self.asked_to_stop = True

    def _prepare(self) -> None:
        self._publish("starting")
        self.journal.say(f"PostgreSQL {self.binaries.version} of {self.binaries.folder} on {self.cluster.data}")
        clear_leftovers(self.cluster, self.journal.say)
        if not self.cluster.exists:
            self.journal.say("making a new database")
            initialise(self.cluster, self.binaries)

    def _keep_running(self) -> None:
        pause, failures = PAUSE_SECONDS[0], 0
        while not self._should_stop():
            worked, problem = self._run_once()
            if self._should_stop():
                return
            if worked > SETTLED_SECONDS:
                pause = PAUSE_SECONDS[0]
            failures += 1
            self._publish("restarting", message=problem)
            self.journal.say(f"{problem}; starting it again in {pause:.1f} s")
            if not self.was_ready and failures >= FAILURES_BEFORE_FIRST_READY:
                raise StartFailed(f"{problem}; {self._last_words()}")
            self._wait(pause)
            pause = min(pause * 2, PAUSE_SECONDS[1])

    def _run_once(self) -> tuple[float, str]:
        """Run the server until it ends or we should; how many seconds it worked and what went wrong."""
        try:
            clear_leftovers(self.cluster, self.journal.say)
            self.server_code = None
            self.vigil = Vigil()
            self.server = launch(self.cluster, self.binaries, self.journal.log)
        except (EmbeddedError, OSError, subprocess.SubprocessError) as error:
            if isinstance(error, EmbeddedError) and not self.was_ready:
                raise
            return 0.0, f"the server could not be started: {error}"
        worked = 0.0
        if self._await_ready():
            self.was_ready, ready_at = True, time.monotonic()
            self._publish("ready")
            self._watch()
            worked = time.monotonic() - ready_at
        return worked, f"the server ended with code {self.server_code}"

    def _await_ready(self) -> bool:
        """Wait for recovery as long as it takes; False when the server ended or we should stop."""
        began = told = time.monotonic()
        pause = STARTING_POLL_SECONDS[0]
        while self._server_lives() and not self._should_stop():
            if ask(self.cluster.socket_dir) is Answer.READY:
                self.journal.say(f"the server takes connections after {time.monotonic() - began:.2f} s")
                return True
            if time.monotonic() - told > PROGRESS_SECONDS:
                told = time.monotonic()
                self.journal.say(f"the server is still starting or recovering after {told - began:.0f} s")
                self._publish("starting", waited_seconds=round(told - began))
            self._wait(pause)
            pause = min(pause * 1.3, STARTING_POLL_SECONDS[1])
            self._end_if_stuck()
        return False

    def _watch(self) -> None:
        while self._server_lives() and not self._should_stop():
            self._wait(POLL_SECONDS)
            self.journal.republish_if_changed()
            self._end_if_stuck()

    def _end_if_stuck(self) -> None:
        if self.server is not None and self._is_stuck(*AT_WORK):
            self.journal.say("nobody works for the server any more; it waits in vain and is killed")
            send(self.server.pid, signal.SIGKILL)

    def _is_stuck(self, *titles: str) -> bool:
        if self.server is None:
            return False
        return self.vigil.is_stuck(workers_of(self.server.pid, *titles), time.monotonic())

    def _wait(self, seconds: float) -> None:
        """Sleep, but wake at once when a signal comes."""
        ready, _, _ = select.select([self.bell], [], [], seconds)
        if ready:
            os.read(self.bell, 4096)

    def _should_stop(self) -> bool:
        if self.asked_to_stop or self.guest.alive():
            return self.asked_to_stop
        others = present(self.journal.files.guests)
        if others:
            self.journal.say(f"process {self.guest.pid} is gone; process {others[0].pid} still uses the server")
            self.guest = others[0]
        else:
            self.journal.say(f"process {self.guest.pid} is gone and nobody else uses the server")
            self.asked_to_stop = True
        return self.asked_to_stop

    def _server_lives(self) -> bool:
        self._reap()
        return self.server is not None and self.server_code is None

    def _reap(self) -> None:
        """Collect every ended child: the server, and orphans of a server that was killed."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if self.server is not None and pid == self.server.pid:
                self.server_code = self.server.returncode = os.waitstatus_to_exitcode(status)

    def _stop(self) -> None:
        """Stop the server: fast, then at once, then by clearing away whatever is left."""
        for number, seconds in STOP_SECONDS:
            if self.server is None or not self._server_lives():
                break
            self.journal.say(f"stopping the server ({number.name})")
            send(self.server.pid, number)
            deadline = time.monotonic() + seconds
            while self._server_lives() and time.monotonic() < deadline:
                self._wait(STARTING_POLL_SECONDS[0])
                if number is signal.SIGINT and self._is_stuck(*LEAVING):
                    break
        clear_leftovers(self.cluster, self.journal.say)
        self._reap()
        self.journal.say("the server is stopped")

    def _last_words(self) -> str:
        logs = sorted(self.cluster.log_dir.glob("postgresql-*"))
        paths = [self.journal.files.log, *logs[-1:]]
        return "; ".join(f"end of {path}: {last_words(path)}" for path in paths)


def supervise(requested: Path, parent: Identity, bin_dir: Path | None) -> int:
    """Prepare and run; the process's exit code. Failures are told in the endpoint file."""
    files = SideFiles(requested)
    try:
        locks = [lock_within(files.supervisor_lock, LOCK_SECONDS)]
    except InUse:
        return EXIT_LOCKED
    journal = Journal(files)
    try:
        cluster = lay_out(requested)
        if cluster.home != requested:
            # a copied folder may point to a home that another folder's supervisor already runs
            locks.append(lock_within(SideFiles(cluster.home).supervisor_lock, LOCK_SECONDS))
        adopt_orphans()
        binaries = reachable(find_binaries(major=cluster.major(), bin_dir=bin_dir), cluster.account)
        Supervisor(cluster, binaries, parent, journal).run()
    except EmbeddedError as error:
        journal.say(f"{type(error).__name__}: {error}")
        journal.publish("failed", error=type(error).__name__, message=str(error))
        return EXIT_FAILED
    finally:
        for lock in reversed(locks):
            os.close(lock)
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Entry point: `python -m service.embedded.supervisor --data-dir DIR --parent PID`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data-dir", type=Path, required=True, help="folder of the cluster")
    parser.add_argument("--parent", type=int, required=True, help="stop when this process and all users are gone")
    parser.add_argument("--bin-dir", type=Path, help="use PostgreSQL's programs of this folder only")
    given = parser.parse_args(arguments)
    parent = identify(given.parent)
    if parent is None:
        return 0
    return supervise(make_requested(given.data_dir), parent, given.bin_dir)


if __name__ == "__main__":
    sys.exit(main())
