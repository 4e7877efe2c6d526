"""States of a shift: open for hands, over, or called off."""

from service.lifecycle import Lifecycle

SHIFT = Lifecycle("shift", ("open",), {("open", "cancel"): "cancelled", ("open", "end"): "ended"})
