"""A development machine's last messages in one file, for a reader on the same machine (`linggong demo`).

Phones stand in it as keyed hashes and the words sealed: without the machine's own key it tells nothing. It is
readable by its owner alone and starts anew when it has grown.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import orjson

from service.settings import Settings
from service.vault import Vault

NAME = "outbox.jsonl"
MOST_BYTES = 1_000_000
PURPOSE = "outbox-file"


def outbox_path(settings: Settings) -> Path:
    """Where the file lies."""
    return settings.data_dir / NAME


def keep_message(path: Path, vault: Vault, *, message_id: str, to: str, said: dict[str, Any]) -> None:
    """Append one message: `said` holds template, text and params. Lines of other processes never mix with it."""
    sealed = base64.b64encode(vault.seal(PURPOSE, orjson.dumps(said, default=str))).decode()
    line = {"id": message_id, "to": vault.index("phone", to).hex(), "sealed": sealed}
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        if os.fstat(opened).st_size > MOST_BYTES:
            os.ftruncate(opened, 0)
        os.write(opened, orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
    finally:
        os.close(opened)


def read_messages(path: Path, vault: Vault, to: str) -> list[dict[str, Any]]:
    """The messages to a phone that are still in the file, newest first: message_id, template, text, params.

    Lines that another key has sealed are passed over.
    """
    if not path.is_file():
        return []
    wanted = vault.index("phone", to).hex()
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines() if line.endswith(b"}")]
    found = [
        {"message_id": line["id"]} | orjson.loads(vault.open(PURPOSE, base64.b64decode(line["sealed"])))
        for line in lines
        if line["to"] == wanted
    ]
    return found[::-1]
