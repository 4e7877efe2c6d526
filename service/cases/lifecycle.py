"""States of a case and of what hangs on it: its deadlines, a question to the other side, an appeal against a decision
of a platform (which is a case of its own kind and ends it)."""

from service.lifecycle import Lifecycle

WORKED_ON = ("mediating", "accepted", "investigating", "transferred")

CASE = Lifecycle(
    "case",
    ("received",),
    {
        ("received", "triage"): "triaged",
        ("received", "withdraw"): "closed",
        ("received", "settle"): "result",  # by the appeal against a platform's decision
        ("triaged", "ask"): "need_info",
        ("triaged", "mediate"): "mediating",
        ("triaged", "accept"): "accepted",
        ("triaged", "decline"): "declined",
        ("triaged", "transfer"): "transferred",
        ("triaged", "withdraw"): "closed",
        ("triaged", "settle"): "result",
        ("need_info", "inform"): "triaged",
        ("need_info", "decline"): "declined",
        ("need_info", "withdraw"): "closed",
        **{(state, action): state for state in WORKED_ON for action in ("ask", "inform")},  # papers come at any time
        ("mediating", "agree"): "result",
        ("mediating", "accept"): "accepted",
        ("mediating", "decline"): "declined",
        ("mediating", "transfer"): "transferred",
        ("mediating", "withdraw"): "closed",
        ("accepted", "investigate"): "investigating",
        ("accepted", "transfer"): "transferred",
        ("accepted", "conclude"): "result",
        ("accepted", "withdraw"): "closed",
        ("investigating", "transfer"): "transferred",
        ("investigating", "conclude"): "result",
        ("investigating", "withdraw"): "closed",
        ("transferred", "transfer"): "transferred",  # onward, to another body
        ("transferred", "conclude"): "result",
        ("transferred", "withdraw"): "closed",
        ("result", "close"): "closed",
        ("result", "reopen"): "reopened",
        ("declined", "reopen"): "reopened",
        ("closed", "reopen"): "reopened",
        ("reopened", "triage"): "triaged",
        ("reopened", "withdraw"): "closed",
    },
)
ENDED = ("closed", "declined")
OPEN = tuple(sorted(CASE.states - set(ENDED)))
BY_PERSON = frozenset({"withdraw", "inform", "reopen"})  # what a complainant can be told to do

DEADLINE = Lifecycle(
    "case_deadline",
    ("running",),
    {
        ("running", "pause"): "paused",
        ("running", "meet"): "met",
        ("running", "miss"): "missed",
        ("running", "drop"): "dropped",
        ("paused", "resume"): "running",
        ("paused", "meet"): "met",
        ("paused", "drop"): "dropped",
        ("missed", "meet"): "missed",  # late: the day is written down, and it was missed
    },
)

QUESTION = Lifecycle(
    "case_question",
    ("asked",),
    {
        ("asked", "answer"): "answered",
        ("asked", "lapse"): "lapsed",
        ("asked", "drop"): "dropped",
    },
)

DECISION = Lifecycle(
    "decision_appeal",
    ("filed",),
    {
        ("filed", "answer"): "answered",
        ("filed", "lapse"): "answered",  # whoever decided has said nothing in time
        ("filed", "mend"): "mended",  # whoever decided has taken it back
        ("filed", "drop"): "dropped",
        ("answered", "review"): "reviewed",
        ("answered", "mend"): "mended",
        ("answered", "drop"): "dropped",
        ("reviewed", "uphold"): "upheld",
        ("reviewed", "overturn"): "overturned",
        ("reviewed", "mend"): "mended",
        ("reviewed", "drop"): "dropped",
    },
)
UNDECIDED = ("filed", "answered", "reviewed")
