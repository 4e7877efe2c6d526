"""A process that has imported the service once and forks at every start: real processes without seconds of imports.

How one starts and stops from nothing is tried in `tests/http/test_processes.py`. Run as a program this is the nursery.
"""

from __future__ import annotations

import array
import atexit
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

LINE = 1 << 20


class Forked:
    """A process of the nursery, with what tests use of `subprocess.Popen`."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], output: int, errors: int | None = None):
        self._line = socket.socket(socket.AF_UNIX)
        self._line.connect(str(_nursery()))
        asked = json.dumps({"words": list(words), "environment": dict(environment), "folder": os.getcwd()}).encode()
        handed = [
            (socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [output, output if errors is None else errors]))
        ]
        self._line.sendmsg([len(asked).to_bytes(8, "big")], handed)
        self._line.sendall(asked)
        self.pid = int.from_bytes(self._line.recv(8), "big")
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """How it ended; None while it runs."""
        return self._heard(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended. Raises subprocess.TimeoutExpired."""
        ended = self._heard(timeout)
        if ended is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0.0)
        return ended

    def _heard(self, seconds: float | None) -> int | None:
        if self.returncode is None:
            self._line.settimeout(seconds)
            try:
                told = self._line.recv(8)
            except (BlockingIOError, TimeoutError):
                return None
            self.returncode = int.from_bytes(told, "big", signed=True)
            self._line.close()
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Tell it, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """kill -9."""
        self.send_signal(signal.SIGKILL)


@cache
def _nursery() -> Path:
    """Where this process's nursery listens; it is started at the first call and ends with us."""
    folder = Path(tempfile.mkdtemp(prefix="linggong-nursery-"))
    door = folder / "door"
    keeper = subprocess.Popen([sys.executable, "-m", "tests.nursery", str(door)], stdin=subprocess.PIPE)
    atexit.register(keeper.kill)
    for _ in range(6000):
        if door.exists():
            return door
        time.sleep(0.05)
    raise TimeoutError("the nursery did not open")


def main(door: str) -> None:
    """Import all that a service process imports, then fork for whoever asks; one keeper stays with each child.

    Nothing is left behind: a child dies with who asked for it, the nursery with who started it.
    """
    for name in ("service.app", "service.serve", "service.cli.jobs", "service.testing.routes", "service.cli.main"):
        importlib.import_module(name)
    from service.wiring import FEATURES, gather

    gather()
    for feature in FEATURES:
        if importlib.util.find_spec(f"service.{feature}.routes") is not None:
            importlib.import_module(f"service.{feature}.routes")
    gc.freeze()
    warm = False
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(door + ".new")
    listener.listen(64)
    os.rename(door + ".new", door)
    while True:
        if sys.stdin in select.select([sys.stdin, listener], [], [])[0]:
            return  # whose nursery this was has gone
        line, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _keep(line)
            os._exit(0)
        line.close()
        if not warm:  # the first, a migration, needs nothing of it and does not wait for it
            _warm_up()
            warm = True


def _warm_up() -> None:
    """Read once what every process would read from the same shipped files for itself."""
    from service.guard.loading import shipped as guard_rules
    from service.listings.rules import suggesting
    from service.policies.loader import shipped as policies
    from service.reference import naming
    from service.reference.shipped import shipped_specs
    from service.worktime import SHANGHAI

    policies()
    shipped_specs()
    naming.prepare()
    suggesting.prepare()
    guard_rules().prepare(datetime.now(SHANGHAI).date())
    gc.freeze()


def _keep(line: socket.socket) -> None:
    """Fork the process that was asked for, say its number, wait for its end, say how it was."""
    size, handed, _, _ = line.recvmsg(8, socket.CMSG_SPACE(8))
    outputs = array.array("i", handed[0][2][:8])
    left, told = int.from_bytes(size, "big"), b""
    while len(told) < left:
        told += line.recv(LINE)
    child = os.fork()
    if child == 0:
        line.close()
        _become(json.loads(told), *outputs)
    for each in outputs:
        os.close(each)
    line.sendall(child.to_bytes(8, "big"))
    asker_left, _, _ = select.select([line, ended := os.pidfd_open(child)], [], [])
    if ended not in asker_left:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(OSError):  # nobody wants to know any more
        line.sendall(os.waitstatus_to_exitcode(status).to_bytes(8, "big", signed=True))


def _become(asked: Mapping[str, Any], output: int, errors: int) -> None:
    """This process is now what `linggong WORDS` would be; it does not come back."""
    import service.cli.main

    code = 1
    try:
        os.setsid()
        os.chdir(asked["folder"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(errors, 2)
        os.environ.clear()
        os.environ.update(asked["environment"])
        sys.argv = ["linggong", *asked["words"]]
        service.cli.main.main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main(sys.argv[1])
