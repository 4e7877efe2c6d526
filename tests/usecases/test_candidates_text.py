"""The quick text of a list of people says what the model says."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from matching import PRODUCT, rank
from service.i18n import LANGUAGES
from service.ids import new_id
from service.matches.rules import see
from service.matches.shaping import candidates_out
from service.matches.text import candidates_text
from service.matches.views import Candidate, Candidates, rules_of
from service.policies import shipped
from tests.matching.builders import NOW
from tests.matching.markets import a_market


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("personalised", [True, False])
def test_the_quick_text_is_the_models_text(language: str, personalised: bool) -> None:
    """Names, places in order, parts, sentences and rules are the same to the last field, for many markets."""
    said = 0
    for seed in range(60):
        workers, shifts = a_market(seed)
        ranking = rank(shifts[0], workers, PRODUCT, 20, now=NOW, personalised=personalised)
        found = Candidates(
            shift_id=new_id(),
            posting_id=new_id(),
            at=NOW,
            rules=rules_of(PRODUCT, shipped().at(NOW, "310000")),
            personalised=ranking.personalised,
            considered=ranking.considered,
            refused=None,
            excluded=None,
            matches=tuple(
                Candidate(match.worker_id, "张*", see(match, "employer", scored=personalised))
                for match in ranking.matches
            ),
            not_matched=None,
        )
        assert found.of_eligible_alone
        assert not replace(found, refused=0).of_eligible_alone
        quick = candidates_text(found, language).decode()
        assert quick == candidates_out(found, language).model_dump_json()
        said += len(json.loads(quick)["matches"])
    assert said > 30
