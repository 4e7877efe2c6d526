"""Where tests and benchmarks keep compiled kernels: a folder of the checkout that git ignores.

numba looks only at the file of the function it was asked for, not at the files that one calls, so the folder is
named after the text of every file that kernels are made of: an edit never meets what was compiled before it.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / ".cache"
MADE = re.compile(rb"^@(kernel|inlined|compiled)\b", re.MULTILINE)
FROZEN = {"compiled.py", "layout.py", "bounds.py", "answers.py"}  # constants that kernels take in
VARIABLE = "NUMBA_CACHE_DIR"


def keep_kernels() -> Path:
    """Name the folder in NUMBA_CACHE_DIR unless the caller did; to be called before numba is imported."""
    digest = sha256()
    for path in sorted((ROOT / "matching").glob("*/*.py")):
        text = path.read_bytes()
        if MADE.search(text) or path.name in FROZEN:
            digest.update(path.name.encode() + b"\0" + text)
    return Path(os.environ.setdefault(VARIABLE, str(FOLDER / f"kernels-{digest.hexdigest()[:12]}")))


def main(names: Sequence[str]) -> None:
    """Compile what tests and benchmarks would otherwise compile each for itself: of the parts named, or of all."""
    keep_kernels()
    for name in names or ("pool", "assign", "sharing"):
        importlib.import_module(f"matching.{name}").prepare()


if __name__ == "__main__":
    main(sys.argv[1:])
