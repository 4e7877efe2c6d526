"""What can be done about attendance: arriving, being absent, agreeing on hours, looking it up."""

from service.attendance.usecases.absence import answer_absence, mark_absent, repair_absence
from service.attendance.usecases.arrival import check_in, check_out, get_check_in_code, set_out, undo_check_in
from service.attendance.usecases.employer_absence import answer_employer_absence, report_employer_absent
from service.attendance.usecases.lists import get_timesheet, list_attendance, list_contested_absences, list_timesheets
from service.attendance.usecases.timesheets import (
    agree_timesheet,
    change_timesheet,
    dispute_timesheet,
    propose_timesheet,
    settle_timesheet,
)

__all__ = [
    "agree_timesheet",
    "answer_absence",
    "answer_employer_absence",
    "change_timesheet",
    "check_in",
    "check_out",
    "dispute_timesheet",
    "get_check_in_code",
    "get_timesheet",
    "list_attendance",
    "list_contested_absences",
    "list_timesheets",
    "mark_absent",
    "propose_timesheet",
    "repair_absence",
    "report_employer_absent",
    "set_out",
    "settle_timesheet",
    "undo_check_in",
]
