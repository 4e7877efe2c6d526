"""Write the contract of the running code into this folder: sorted, one line a value, ready to compare."""

from __future__ import annotations

import json
from pathlib import Path

from service.settings import Settings

FOLDER = Path(__file__).parent


def contract() -> str:
    """The OpenAPI document as it is committed."""
    from service.app import create_app

    app = create_app(Settings(env="development"), "postgresql://nobody@localhost/none")
    return json.dumps(app.openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def entry_of_feed() -> str:
    """The JSON Schema of one entry of the open-data feed."""
    from service.feed.schemas.entries import entry_schema

    return json.dumps(entry_schema(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    """Write openapi.json and feed_entry.schema.json."""
    (FOLDER / "openapi.json").write_text(contract(), encoding="utf-8")
    (FOLDER / "feed_entry.schema.json").write_text(entry_of_feed(), encoding="utf-8")


if __name__ == "__main__":
    main()
