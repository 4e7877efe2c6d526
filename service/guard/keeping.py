"""The rules that hold in this process: those that come with the service, or a folder's own in their place.

The one reading place. A folder is looked at each time that rules are asked for, and read anew when a file of it has
come, gone or changed. Files that cannot be used while the service runs are told to the log, and the rules that were
good stay; a service does not start on such a folder.
"""

from __future__ import annotations

import os
from pathlib import Path

import structlog

from service.guard.loading import GuardRefused, rules_of, shipped
from service.guard.rulebook import Rulebook

log = structlog.get_logger("guard")

Seen = tuple[tuple[str, int, int], ...]  # name, bytes and the instant of the last change of each file
_kept: dict[Path, tuple[Seen | None, Rulebook]] = {}


def rules_in(folder: Path | None) -> Rulebook:
    """The rules as the files are now. Raises GuardRefused where a folder has never been usable in this process."""
    if folder is None:
        return shipped()
    kept = _kept.get(folder)
    seen: Seen | None = None
    try:
        seen = _seen(folder)
        if kept is not None and kept[0] == seen:
            return kept[1]
        rules = rules_of(folder)
    except (GuardRefused, OSError) as wrong:
        if kept is None:
            raise GuardRefused(f"{folder}: {wrong}") from wrong
        if kept[0] != seen:
            log.error("guard_rules_refused", reason=str(wrong), note="the rules read before stay in force")
        rules = kept[1]
    else:
        log.info("guard_rules_read", folder=str(folder), files=[name for name, _, _ in seen])
    _kept[folder] = (seen, rules)
    return rules


def _seen(folder: Path) -> Seen:
    with os.scandir(folder) as entries:
        found = [(each.name, each.stat()) for each in entries if each.name.endswith(".yaml")]
    return tuple(sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in found))
