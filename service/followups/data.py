"""The questionnaire that ships, read once."""

from __future__ import annotations

from functools import cache

from service.followups.rules.questions import Questionnaire
from service.policies.typed import read


@cache
def questionnaire() -> Questionnaire:
    """What is asked at each milestone. Raises ValueError or DataRefused where the file is wrong."""
    return Questionnaire(read("service.followups", "questions.yaml"))
