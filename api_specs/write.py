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


def main() -> None:
    """Write openapi.json."""
    (FOLDER / "openapi.json").write_text(contract(), encoding="utf-8")


if __name__ == "__main__":
    main()
