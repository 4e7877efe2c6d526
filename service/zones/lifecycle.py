"""States of a zone, of its columns and of what is pinned in it."""

from service.lifecycle import Lifecycle

ZONE = Lifecycle("zone", ("open",), {("open", "close"): "closed", ("closed", "reopen"): "open"})
COLUMN = Lifecycle("zone_column", ("shown",), {("shown", "hide"): "hidden", ("hidden", "show"): "shown"})
PIN = Lifecycle("zone_pin", ("pinned",), {("pinned", "unpin"): "ended", ("pinned", "lapse"): "ended"})
