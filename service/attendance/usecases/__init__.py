"""What can be done about attendance: arriving, being absent, agreeing on hours, looking it up."""

from service.attendance.usecases.absence import answer_absence, mark_absent, repair_absence
from service.attendance.usecases.arrival import check_in, check_out, set_out, show_check_in_code, undo_check_in
from service.attendance.usecases.employer_absence import answer_employer_absence, report_employer_absent
from service.attendance.usecases.lists import list_attendance, list_contested_absences, list_timesheets, show_timesheet
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
    "list_attendance",
    "list_contested_absences",
    "list_timesheets",
    "mark_absent",
    "propose_timesheet",
    "repair_absence",
    "report_employer_absent",
    "set_out",
    "settle_timesheet",
    "show_check_in_code",
    "show_timesheet",
    "undo_check_in",
]
