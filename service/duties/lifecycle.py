"""States of an entry of the duty roster: it stands, or it was taken out before its end."""

from service.lifecycle import Lifecycle

DUTY = Lifecycle("duty", ("planned",), {("planned", "remove"): "removed"})
