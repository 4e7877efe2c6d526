"""What can be done with contact requests."""

from service.contact_requests.usecases.answering import (
    agree,
    agree_by_code,
    get_choice,
    get_other_side,
    get_request,
    list_exchanges,
    list_requests,
    move_request,
    set_choice,
)
from service.contact_requests.usecases.asking import Question, ask
from service.contact_requests.usecases.relaying import ask_call, report_call, send_text

__all__ = [
    "Question",
    "agree",
    "agree_by_code",
    "ask",
    "ask_call",
    "get_choice",
    "get_other_side",
    "get_request",
    "list_exchanges",
    "list_requests",
    "move_request",
    "report_call",
    "send_text",
    "set_choice",
]
