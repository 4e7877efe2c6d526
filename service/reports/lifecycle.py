"""States of a report: open until the review that it raised is decided, then answered."""

from service.lifecycle import Lifecycle

REPORT = Lifecycle("report", ("open",), {("open", "answer"): "answered"})
