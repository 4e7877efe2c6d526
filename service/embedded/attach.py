"""Gets a caller to a running server: attaches to its supervisor, or starts one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from service.embedded.cluster import SideFiles, make_requested
from service.embedded.endpoint import Endpoint
from service.embedded.errors import BY_NAME, StartFailed, StartTimeout, Unreachable
from service.embedded.guests import sign_in, sign_out
from service.embedded.journal import last_words
from service.embedded.probe import Answer, ask
from service.embedded.processes import Identity
from service.embedded.sidefiles import RETRY_SECONDS, is_locked, read_facts, tried_lock

# the supervisors that this process started, kept so that they are reaped when they end
_started: list[subprocess.Popen[bytes]] = []


def ensure_running(data_dir: Path, *, timeout: float | None, bin_dir: Path | None) -> Endpoint:
    """See `service.embedded.ensure_running`."""
    files = SideFiles(Path.cwd() / data_dir)
    try:
        return _attach(files) or _attach_or_start(files, timeout, bin_dir)
    except PermissionError as error:
        raise Unreachable(f"this account may not use {files.folder}: {error}") from error


def stop(endpoint: Endpoint, *, timeout: float) -> None:
    """See `service.embedded.stop`."""
    if endpoint.supervisor.alive():
        os.kill(endpoint.supervisor.pid, signal.SIGTERM)
    files = SideFiles(endpoint.data_dir)
    sign_out(files.guests)
    deadline = time.monotonic() + timeout
    while endpoint.supervisor.alive():
        if time.monotonic() >= deadline:
            raise StartTimeout(f"the database in {endpoint.data_dir} does not stop; see {files.log}")
        time.sleep(RETRY_SECONDS)
    _reap()


def _attach_or_start(files: SideFiles, timeout: float | None, bin_dir: Path | None) -> Endpoint:
    files = SideFiles(make_requested(files.folder))
    deadline = time.monotonic() + (float("inf") if timeout is None else timeout)
    while True:
        with tried_lock(files.start_lock) as ours:
            found = _attach(files) or (_start(files, deadline, bin_dir) if ours else None)
        if found:
            return found
        _check_time(files, deadline)
        time.sleep(RETRY_SECONDS)


def _attach(files: SideFiles) -> Endpoint | None:
    """The server behind these side files, if its supervisor lives and it takes connections now."""
    found = _read(files)
    if found is None or not found.supervisor.alive() or ask(found.socket_dir) is not Answer.READY:
        return None
    sign_in(files.guests)
    return found


def _read(files: SideFiles) -> Endpoint | None:
    facts = read_facts(files.endpoint)
    if facts is None or facts.get("state") != "ready":
        return None
    try:
        supervisor = Identity(int(facts["supervisor"]), int(facts["supervisor_started"]))
        return Endpoint(
            data_dir=files.folder,
            home=Path(facts["home"]),
            socket_dir=Path(facts["socket_dir"]),
            bin_dir=Path(facts["bin_dir"]),
            version=str(facts["version"]),
            supervisor=supervisor,
            started_here=any(child.pid == supervisor.pid for child in _started),
        )
    except (KeyError, TypeError, ValueError):
        return None


def _start(files: SideFiles, deadline: float, bin_dir: Path | None) -> Endpoint:
    """Start a supervisor unless one is there, and wait for the server. The start lock is ours."""
    _reap()
    child: subprocess.Popen[bytes] | None = None
    while True:
        if child is None and not is_locked(files.supervisor_lock):
            child = _spawn(files, bin_dir)
        found = _attach(files)
        if found:
            return found
        if child is not None and child.poll() is not None:
            _raise_failure(files, child)
            child = None
        _check_time(files, deadline)
        time.sleep(RETRY_SECONDS)


def _spawn(files: SideFiles, bin_dir: Path | None) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "service.embedded.supervisor"]
    command += ["--data-dir", str(files.folder), "--parent", str(os.getpid())]
    command += ["--bin-dir", str(bin_dir)] if bin_dir else []
    # the child must find this very package, wherever the caller was started
    root = str(Path(__file__).resolve().parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    with open(files.log, "ab", opener=_private) as log:
        child = subprocess.Popen(
            command,
            cwd="/",
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _started.append(child)
    return child


def _private(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_CLOEXEC, 0o600)


def _raise_failure(files: SideFiles, child: subprocess.Popen[bytes]) -> None:
    """Raise what our supervisor died of; return when it only lost the race for the lock or was stopped."""
    facts = read_facts(files.endpoint) or {}
    if facts.get("supervisor") == child.pid and facts.get("state") == "failed":
        raise BY_NAME.get(str(facts.get("error")), StartFailed)(str(facts.get("message")))
    if child.returncode == 1:
        raise StartFailed(f"the supervisor failed; end of {files.log}: {last_words(files.log)}")


def _check_time(files: SideFiles, deadline: float) -> None:
    if time.monotonic() >= deadline:
        state = (read_facts(files.endpoint) or {}).get("state", "unknown")
        raise StartTimeout(f"the database in {files.folder} is not ready yet (state: {state}); see {files.log}")


def _reap() -> None:
    _started[:] = [child for child in _started if child.poll() is None]
