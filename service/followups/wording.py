"""Questions and answers in the words of a language."""

from __future__ import annotations

from dataclasses import replace

from service.followups.data import questionnaire
from service.followups.rules.questions import MOST, SCALE, YES_NO, Question
from service.followups.views import AnswerView, QuestionView, TaskView
from service.i18n import render


def with_questions(view: TaskView, language: str) -> TaskView:
    """The task with what is asked, each as a sentence."""
    asked = questionnaire().asked(view.milestone, view.side, short=view.short)
    return replace(view, questions=[question_view(code, view.side, language) for code in asked])


def for_its_side(view: TaskView) -> TaskView:
    """The task as the side reads it that is asked: how officers go about it would tell what the other side has said."""
    return replace(view, urgent=False, claimed_by=None, escalated_at=None, overdue_at=None, next_attempt_at=None)


def question_view(code: str, side: str, language: str) -> QuestionView:
    """One question of a side and the answers there are."""
    question = questionnaire().questions[code]
    least, most = SCALE if question.kind == "scale" else (0, MOST) if question.kind == "number" else (None, None)
    answers = [AnswerView(answer, render(answer_key(question, answer), language)) for answer in question.answers]
    return QuestionView(code, question.kind, render(wording(code, side), language), answers, least, most)


def answer_key(question: Question, answer: str) -> str:
    """The key of an answer's words: yes and no are said as each question asks for them."""
    own = question.answers == YES_NO
    return f"followup.answer.{question.code}.{answer}" if own else f"followup.answer.{answer}"


# What both sides are asked reads differently for each.
BOTH = ("reached", "talk_result", "as_agreed", "paid", "how_much", "again", "used_as_agreed", "back_at_post")


def wording(code: str, side: str) -> str:
    """The key of a question's sentence."""
    return f"followup.question.{code}.{side}" if code in BOTH else f"followup.question.{code}"
