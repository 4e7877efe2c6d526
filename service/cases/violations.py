"""Constraints of cases as refusals."""

VIOLATIONS = {
    "uq_cases_open": "case_known",
    "uq_case_questions_open": "case_question_open",
    "uq_decision_appeals_open": "case_known",
    "uq_case_pauses_open": "case_paused",
}
