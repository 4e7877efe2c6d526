"""Where one cluster lives: its data, socket, logs and side files, and the room it needs."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from service.embedded.account import Account, can_enter, server_account
from service.embedded.errors import NoSpace, Unreachable
from service.embedded.probe import socket_path
from service.embedded.sidefiles import read_facts, write_facts

SOCKET_PATH_BYTES = 103  # sun_path holds 108 bytes on Linux and 104 on macOS, the closing zero included
FREE_BYTES_NEEDED = 200 * 1024 * 1024
HOME_BASES = ("/var/lib", "/srv", "/opt")


@dataclass(frozen=True, slots=True)
class SideFiles:
    """The files in the folder that the caller named; all of them can be derived from its path."""

    folder: Path

    @property
    def supervisor_lock(self) -> Path:
        """Held by the one supervisor for as long as it lives."""
        return self.folder / "supervisor.lock"

    @property
    def start_lock(self) -> Path:
        """Held by the one caller that starts a supervisor."""
        return self.folder / "start.lock"

    @property
    def endpoint(self) -> Path:
        """What the supervisor says about itself and the server."""
        return self.folder / "endpoint.json"

    @property
    def location(self) -> Path:
        """Says where the cluster really lives when that is another folder."""
        return self.folder / "cluster_location.json"

    @property
    def belongs_to(self) -> Path:
        """In a home elsewhere: says which requested folder it belongs to."""
        return self.folder / "belongs_to.json"

    @property
    def guests(self) -> Path:
        """One file per process that uses the server."""
        return self.folder / "guests"

    @property
    def log(self) -> Path:
        """The supervisor's own log."""
        return self.folder / "supervisor.log"


@dataclass(frozen=True, slots=True)
class Cluster:
    """One cluster's folders: `requested` by the caller, `home` where the server's files are."""

    requested: Path
    home: Path
    socket_dir: Path
    account: Account

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory; it exists only once it is complete."""
        return self.home / "data"

    @property
    def log_dir(self) -> Path:
        """PostgreSQL's own rotated logs."""
        return self.home / "log"

    @property
    def config(self) -> Path:
        """The server's configuration, rewritten at each start."""
        return self.home / "linggong.conf"

    @property
    def access(self) -> Path:
        """The server's access rules (pg_hba), rewritten at each start."""
        return self.home / "linggong_hba.conf"

    @property
    def data_lock(self) -> Path:
        """Inherited by every server process, so it is free only when none of them is left."""
        return self.home / "data.lock"

    @property
    def exists(self) -> bool:
        """Whether the cluster has been initialised."""
        return (self.data / "PG_VERSION").exists()

    def major(self) -> int | None:
        """Major version that made the cluster; None before initialisation."""
        return int((self.data / "PG_VERSION").read_text().split(".")[0]) if self.exists else None


def make_requested(folder: Path) -> Path:
    """Make the folder that the caller named, if missing, and return its real path.

    Only a folder made here gets a mode from us; existing ones, and all parents, keep theirs.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        # as root the server's account must be able to pass through; what lies inside is closed itself
        _make_new(folder, 0o711 if os.geteuid() == 0 else 0o700)
    return folder.resolve()


def _make_new(folder: Path, mode: int) -> None:
    try:
        folder.mkdir()
    except FileExistsError:
        return
    folder.chmod(mode)  # mkdir's own mode would depend on the umask


def lay_out(requested: Path) -> Cluster:
    """Decide where the cluster lives and make its folders (not the data directory).

    Raises Unreachable when the server's account can use no folder.
    """
    account = server_account(_owner_of_existing(requested))
    home = _home(requested, account)
    if home != requested:
        write_facts(SideFiles(requested).location, {"home": str(home), "account": account.name})
        write_facts(SideFiles(home).belongs_to, {"requested": str(requested)})
    _private_folder(home / "log", account)
    return Cluster(requested, home, _socket_dir(home, account), account)


def _owner_of_existing(requested: Path) -> int | None:
    for home in (requested, *_other_homes(requested)):
        if (home / "data" / "PG_VERSION").exists():
            return (home / "data").stat().st_uid
    return None


def _other_homes(requested: Path) -> list[Path]:
    facts = read_facts(SideFiles(requested).location) or {}
    named = [Path(facts["home"])] if isinstance(facts.get("home"), str) else []
    return named + [Path(base) / f"linggong-{digest(requested)}" for base in HOME_BASES]


def digest(path: Path) -> str:
    """Ten letters that stand for a path."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]


def _home(requested: Path, account: Account) -> Path:
    if not account.switch:
        return requested
    # a cluster that exists wins over any better place: nobody's data may seem to vanish
    for home in (requested, *_other_homes(requested)):
        if (home / "data" / "PG_VERSION").exists():
            return _existing_home(home, account)
    if can_enter(requested, account):
        return requested
    others = _other_homes(requested)
    for home in others:
        if _usable_home(home, account):
            return home
    raise Unreachable(
        "set DATABASE_URL or run as an ordinary user: "
        f"{account.name} may enter neither {requested} nor any of " + ", ".join(map(str, others))
    )


def _existing_home(home: Path, account: Account) -> Path:
    owner = home.stat().st_uid
    if owner != os.geteuid():
        # root must not write where somebody else can swap files for links
        raise Unreachable(f"{home} belongs to account {owner}: run as that account, or set DATABASE_URL")
    if not can_enter(home, account):
        raise Unreachable(f"{account.name} must be able to enter {home}, where this database's files are")
    return home


def _usable_home(home: Path, account: Account) -> bool:
    try:
        _make_new(home, 0o711)
    except OSError:
        return False
    facts = home.lstat()
    ours = stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.geteuid() and not facts.st_mode & 0o022
    return ours and can_enter(home, account)


def _private_folder(path: Path, account: Account) -> bool:
    """Make or accept a folder that only the account may enter; whether it is one."""
    try:
        path.mkdir(mode=0o700)
        account.give(path)
    except FileExistsError:
        pass
    except OSError:
        return False
    facts = path.lstat()
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == account.uid and not facts.st_mode & 0o077


def _socket_dir(home: Path, account: Account) -> Path:
    """The server's socket folder: in its home, or a short one elsewhere if the path would be too long."""
    tried: list[str] = []
    for folder in (home / "run", *_short_folders(home, account)):
        if len(os.fsencode(socket_path(folder))) > SOCKET_PATH_BYTES:
            tried.append(f"{folder} (too long)")
        elif not can_enter(folder.parent, account) or not _private_folder(folder, account):
            tried.append(f"{folder} (not a private folder of {account.name})")
        else:
            return folder
    raise Unreachable(f"no folder for the server's socket: {'; '.join(tried)}")


def _short_folders(home: Path, account: Account) -> list[Path]:
    bases = (os.environ.get("XDG_RUNTIME_DIR"), tempfile.gettempdir(), "/run", "/tmp")  # noqa: S108 checked to be private
    name = f"linggong-{digest(home)}-{account.uid}"
    return [Path(base) / name for base in bases if base and os.path.isdir(base)]


def check_space(folder: Path, needed: int = FREE_BYTES_NEEDED) -> None:
    """Refuse to start when the disk is nearly full, because PostgreSQL stops hard when it is.

    Raises NoSpace. `needed` is in bytes.
    """
    disk = os.statvfs(folder)
    free = disk.f_bavail * disk.f_frsize
    if free < needed:
        raise NoSpace(
            f"{folder} has {free // 2**20} MB of free disk space; the database needs {needed // 2**20} MB to start"
        )
