"""States of a pay record: due, said to be paid, said to be received."""

from service.lifecycle import Lifecycle

PAY_RECORD = Lifecycle(
    "pay_record",
    ("due",),
    {
        ("due", "pay"): "paid_by_employer",
        ("due", "settle"): "settled",
        ("due", "fall_overdue"): "overdue",
        ("due", "dispute"): "disputed",
        ("due", "cancel"): "cancelled",
        ("overdue", "pay"): "paid_by_employer",
        ("overdue", "settle"): "settled",
        ("overdue", "dispute"): "disputed",
        ("overdue", "cancel"): "cancelled",
        ("paid_by_employer", "settle"): "settled",
        ("paid_by_employer", "dispute"): "disputed",
        ("disputed", "pay"): "paid_by_employer",
        ("disputed", "settle"): "settled",
    },
)
