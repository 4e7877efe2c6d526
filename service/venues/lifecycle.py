"""States of a market, station or window."""

from service.lifecycle import Lifecycle

VENUE = Lifecycle("venue", ("open",), {("open", "close"): "closed", ("closed", "reopen"): "open"})
