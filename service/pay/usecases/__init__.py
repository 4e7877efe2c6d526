"""What can be done about pay: stating payments and receipts, closing a whole shift, looking it up."""

from service.pay.usecases.closing import close_shift_paid
from service.pay.usecases.lists import get_pay_record, list_overdue_pay, list_pay_records, sum_pay_records
from service.pay.usecases.payments import dispute_payment, pay_record, receive_pay

__all__ = [
    "close_shift_paid",
    "dispute_payment",
    "get_pay_record",
    "list_overdue_pay",
    "list_pay_records",
    "pay_record",
    "receive_pay",
    "sum_pay_records",
]
