"""`make bench`: every line in one run on one machine; ends with 1 only when answers differ.

SEED=7 chooses the made-up cities; QUICK=1 takes smaller ones (under five minutes); ONLY=rank,assign takes some groups.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterator
from importlib import import_module, metadata
from pathlib import Path

from benchmarks.line import Line, show

GROUPS = {
    "rank": "ranking",
    "recommend": "recommending",
    "growth": "growth",
    "assign": "assignment",
    "names": "names",
    "sharing": "sharing",
    "whatif": "whatif",
    "http": "ranked",
    "zone": "zone",
    "feed": "feed",
    "sitemap": "sitemap",
    "guard": "guard",
}
GIGABYTE = 1 << 30
LIBRARIES = ("numpy", "scipy", "numba", "ortools", "rapidfuzz", "asyncpg")


def main() -> int:
    """Run the groups asked for, in the order above."""
    quick, seed = os.environ.get("QUICK") == "1", int(os.environ.get("SEED") or 7)
    wanted = [name for name in (os.environ.get("ONLY") or ",".join(GROUPS)).split(",") if name]
    if strange := sorted(set(wanted) - set(GROUPS)):
        print(f"ONLY takes {', '.join(GROUPS)}; not {', '.join(strange)}", file=sys.stderr)
        return 2
    begun = time.perf_counter()
    print("\n".join(facts(quick, seed)), flush=True)
    agreed = show(lines(wanted, quick, seed))
    print(f"{time.perf_counter() - begun:.0f} s; {'every answer agrees' if agreed else 'ANSWERS DIFFER'}")
    return 0 if agreed else 1


def lines(wanted: list[str], quick: bool, seed: int) -> Iterator[Line]:
    """Group by group; each module has `lines(quick, seed)`."""
    for name in GROUPS:
        if name in wanted:
            yield from import_module(f"benchmarks.{GROUPS[name]}").lines(quick, seed)


def facts(quick: bool, seed: int) -> list[str]:
    """What the figures depend on."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return [
        f"{_processor()}, {os.cpu_count()} cores, {_memory() / GIGABYTE:.0f} GiB; load {os.getloadavg()[0]:.1f}",
        f"{platform.platform()}, Python {platform.python_version()}, {versions}",
        f"seed {seed}, {'quick' if quick else 'full'} sizes; ratio = ours / peer, 1/27 is a 27th of it",
    ]


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    lines = told.read_text().splitlines() if told.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
