"""What is asked, which answers there are, and what a bad one opens: made from questions.yaml and checked by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from service.errors import Refused

YES_NO = ("yes", "no")
SCALE = (1, 5)
MOST = 100_000  # a number that is answered
OPENS = (
    "posting_check", "fee_or_deposit", "id_withheld", "discrimination", "no_agreement", "injury", "harassment_safety",
    "wage_arrears", "labour_rights", "need_work", "need_training", "need_advice", "need_people", "answers_differ",
)  # fmt: skip
NEEDS = ("need_work", "need_training", "need_advice", "need_people")
NEVER_LEFT_OUT = ("wage_arrears", "injury", "fee_or_deposit", "id_withheld")
Answers = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Question:
    """`answers`: codes, or empty for a number, (1, 5) for a scale; `opens`: by answer."""

    code: str
    kind: str
    answers: tuple[str, ...]
    opens: Mapping[str, str]
    urgent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions about the same thing."""

    milestone: str
    worker: str
    employer: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What an answer opens; `urgent` stands first on the officers' list."""

    code: str
    question: str
    answer: str
    urgent: bool


class Questionnaire:
    """What is asked at each milestone of each side."""

    def __init__(self, raw: Mapping[str, Any]):
        self.questions = {code: _question(code, each) for code, each in raw["questions"].items()}
        self._asked: dict[tuple[str, str], tuple[str, ...]] = {
            (milestone, side): tuple(codes)
            for milestone, sides in raw["asked"].items()
            for side, codes in sides.items()
        }
        self.pairs = tuple(Pair(**each) for each in raw["compared"])
        self.told_across = {side: frozenset(codes) for side, codes in raw["told_across"].items()}
        named = {code for codes in self.told_across.values() for code in codes}
        asked = {code for codes in self._asked.values() for code in codes}
        unknown = (asked | named) - self.questions.keys()
        opened = {each for question in self.questions.values() for each in question.opens.values()}
        if unknown or opened - set(OPENS):
            raise ValueError(f"questions.yaml: unknown {sorted(unknown | (opened - set(OPENS)))}")
        if any(self.questions[code].opens for code in self.told_across["worker"]):
            raise ValueError("questions.yaml: what opens anything is never told across by the worker")

    def may_tell(self, code: str, of: str, to: str) -> bool:
        """Whether a side's answer to this question may be told to a side: its own, or what the table tells across."""
        return of == to or code in self.told_across[of]

    def may_tell_issue(self, issue: str, question: str, of: str, to: str) -> bool:
        """Whether a side may know what its own answer opened; that two sides differ only where it may know both."""
        if of != to:
            return False
        other = "employer" if of == "worker" else "worker"
        differs = {getattr(pair, other) for pair in self.pairs if getattr(pair, of) == question}
        return issue != "answers_differ" or all(self.may_tell(code, other, to) for code in differs)

    def asked(self, milestone: str, side: str, *, short: bool) -> tuple[str, ...]:
        """The questions of a task, in order. Raises KeyError for a milestone that does not ask this side."""
        return self._asked[self.named(milestone, short=short), side]

    def may_be_left_out(self, asked: Sequence[str]) -> bool:
        """Whether a lot may leave these questions out: not where pay, an injury, a fee or papers may come to light."""
        return not any(set(self.questions[code].opens.values()) & set(NEVER_LEFT_OUT) for code in asked)

    def named(self, milestone: str, *, short: bool) -> str:
        """The milestone's own set of questions for short work, where it has one."""
        own = f"{milestone}_short"
        return own if short and any(name == own for name, _ in self._asked) else milestone

    def check(self, asked: Sequence[str], answers: Answers) -> None:
        """Raises Refused `answer_unknown` (which question, which answers there are), `answers_needed`."""
        for code, answer in answers.items():
            if code not in asked:
                raise Refused("question_unknown", field=f"/answers/{code}", expected=list(asked))
            self._check_one(self.questions[code], answer)
        if not answers:
            raise Refused("answers_needed", field="/answers", expected=list(asked))

    def _check_one(self, question: Question, answer: str | int) -> None:
        field = f"/answers/{question.code}"
        if question.kind == "choice":
            if answer not in question.answers:
                raise Refused("answer_unknown", field=field, expected=list(question.answers))
            return
        least, most = SCALE if question.kind == "scale" else (0, MOST)
        if isinstance(answer, str) or not least <= answer <= most:
            raise Refused("answer_number", field=field, least=least, most=most)

    def opened(self, answers: Answers) -> list[Opened]:
        """What these answers open, each once, in the order of the questions."""
        found: dict[str, Opened] = {}
        for code, answer in answers.items():
            question = self.questions[code]
            issue = question.opens.get(str(answer))
            if issue is not None and issue not in found:
                found[issue] = Opened(issue, code, str(answer), str(answer) in question.urgent)
        return list(found.values())

    def differing(self, named: str, worker: Answers, employer: Answers) -> list[Pair]:
        """Where the two sides say different things of the same; a question left out says nothing."""
        return [
            pair
            for pair in self.pairs
            if pair.milestone == named
            and pair.worker in worker
            and pair.employer in employer
            and worker[pair.worker] != employer[pair.employer]
        ]


def _question(code: str, raw: Mapping[str, Any]) -> Question:
    answers = raw["answers"]
    kind = answers if answers in ("number", "scale") else "choice"
    codes = YES_NO if answers == "yes_no" else () if kind != "choice" else tuple(answers)
    opens = {str(answer): str(issue) for answer, issue in raw.get("opens", {}).items()}
    urgent = tuple(str(each) for each in raw.get("urgent", ()))
    if (set(opens) | set(urgent)) - set(codes):
        raise ValueError(f"questions.yaml: {code} opens on an answer that it does not have")
    return Question(code, kind, codes, MappingProxyType(opens), urgent)
