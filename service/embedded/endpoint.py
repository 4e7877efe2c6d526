"""A running embedded server as its users see it: where it is and the URLs of its three roles."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from service.embedded.processes import Identity

DATABASE = "linggong"
OWNER = "linggong_owner"
APP = "linggong_app"
SUPERUSER = "postgres"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A running server. `home` is where its files really are; `started_here` says whether this process
    started its supervisor."""

    data_dir: Path
    home: Path
    socket_dir: Path
    bin_dir: Path
    version: str
    supervisor: Identity
    started_here: bool

    @property
    def supervisor_pid(self) -> int:
        """Process number of the supervisor."""
        return self.supervisor.pid

    def app_url(self, database: str = DATABASE) -> str:
        """URL for the service's own role, which owns nothing and makes no tables."""
        return self._url(APP, database)

    def owner_url(self, database: str = DATABASE) -> str:
        """URL for the role that owns the database: migrations."""
        return self._url(OWNER, database)

    def superuser_url(self, database: str = DATABASE) -> str:
        """URL for PostgreSQL's superuser: making databases for tests, dumps, repair."""
        return self._url(SUPERUSER, database)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql://{role}@/{quote(database, safe='')}?host={quote(str(self.socket_dir), safe='/')}"
