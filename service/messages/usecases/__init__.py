"""What can be done with messages: the inbox, and replies that come back by SMS."""

from service.messages.usecases.budget import get_sms_budget
from service.messages.usecases.figures import get_delivery_figures
from service.messages.usecases.inbox import (
    count_unread_messages,
    list_deliveries,
    list_messages,
    mark_message_read,
    print_message,
)
from service.messages.usecases.replies import receive_reply

__all__ = [
    "count_unread_messages",
    "get_delivery_figures",
    "get_sms_budget",
    "list_deliveries",
    "list_messages",
    "mark_message_read",
    "print_message",
    "receive_reply",
]
