"""For authors: compare the models with a freshly migrated database and write the next revision."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path

import asyncpg
from alembic import command

from service.db.migrate import alembic_config, head, upgrade
from service.embedded import ensure_running, stop


def main() -> None:
    """`python -m migrations.author what_changes`."""
    folder = Path(tempfile.mkdtemp(prefix="linggong-revision-"))
    folder.chmod(0o755)
    endpoint = ensure_running(folder)
    try:
        asyncio.run(_empty_database(endpoint.superuser_url("postgres")))
        owner = endpoint.owner_url("revision")
        asyncio.run(upgrade(owner, service_role=None))
        os.environ["DATABASE_OWNER_URL"] = owner
        number = f"{int(head()) + 1:04d}"
        command.revision(alembic_config(), sys.argv[1], autogenerate=True, rev_id=number)
    finally:
        stop(endpoint)


async def _empty_database(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("create database revision owner linggong_owner")
    await connection.close()


if __name__ == "__main__":
    main()
