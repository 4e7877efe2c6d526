"""`python -m verifying pack FILE --keys KEYS` and `python -m verifying audit EXPORT --anchors FILE --keys KEYS`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .canonical import Finding
from .logs import verify_log
from .packs import verify_pack


def main(given: Sequence[str] | None = None) -> int:
    """0: as it was issued; 1: something is wrong, one line each; 2: the files cannot be read."""
    asked = _parser().parse_args(given)
    try:
        keys: dict[str, Any] = json.loads(asked.keys.read_text())
        if asked.what == "pack":
            found = verify_pack(asked.file.read_bytes(), keys)
        else:
            if not (asked.anchors.is_file() and asked.export.is_dir()):
                raise ValueError("no such export or anchors")
            found = verify_log(asked.export, asked.anchors, keys)
    except (OSError, ValueError, KeyError, TypeError) as wrong:
        print(f"cannot be read: {wrong}", file=sys.stderr)  # noqa: T201
        return 2
    return _say(found)


def _say(found: Sequence[Finding]) -> int:
    for finding in found:
        print(finding)  # noqa: T201
    print("wrong" if found else "right: nothing has been changed")  # noqa: T201
    return 1 if found else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="verifying", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True)
    pack = kinds.add_parser("pack", help="an evidence pack's .json file")
    pack.add_argument("file", type=Path)
    audit = kinds.add_parser("audit", help="the folder that `linggong audit export` has written")
    audit.add_argument("export", type=Path)
    audit.add_argument("--anchors", type=Path, required=True, help="anchors.jsonl, as kept outside the service")
    for each in (pack, audit):
        each.add_argument("--keys", type=Path, required=True, help="the answer of GET /v1/keys, as kept outside")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
