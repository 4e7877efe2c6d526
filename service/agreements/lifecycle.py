"""States of an agreement: drawn for its parties, signed by all of them, declined by one, or overtaken."""

from service.lifecycle import Lifecycle

AGREEMENT = Lifecycle(
    "agreement",
    ("drawn",),
    {
        ("drawn", "sign"): "drawn",
        ("drawn", "complete"): "signed",
        ("drawn", "decline"): "declined",
        ("drawn", "supersede"): "superseded",
        ("signed", "supersede"): "superseded",
        ("drawn", "void"): "void",
        ("signed", "void"): "void",
    },
)
LIVE = ("drawn", "signed")
KINDS = ("cooperation", "lending_consent", "part_time", "written_agreement", "service_note", "labour_contract")
ROLES = ("lender", "borrower", "employer", "worker")
