"""What can be done about pay: stating payments and receipts, closing a whole shift, looking it up."""

from service.pay.usecases.closing import close_shift_paid
from service.pay.usecases.lists import list_overdue_pay, list_pay_records, show_pay_record, sum_pay_records
from service.pay.usecases.payments import dispute_payment, pay_record, receive_pay

__all__ = [
    "close_shift_paid",
    "dispute_payment",
    "list_overdue_pay",
    "list_pay_records",
    "pay_record",
    "receive_pay",
    "show_pay_record",
    "sum_pay_records",
]
