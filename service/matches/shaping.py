"""From views to the shapes of the API, in the caller's language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from matching import Part, Score
from service.http.explained import PartOut, ScoreOut
from service.http.measures import MoneyOut, PaymentRecordOut
from service.matches.rules import Shown
from service.matches.schemas import (
    CandidateOut,
    CandidatesOut,
    ExcludedOut,
    FitOut,
    OfferedShiftOut,
    OfferOut,
    RecommendationsOut,
    RefusalOut,
    RemedyOut,
    RulesOut,
)
from service.matches.sentences import (
    code_label,
    part_label,
    plain,
    reason_sentence,
    refusal_sentence,
    remedy_sentence,
)
from service.matches.views import Candidate, Candidates, Fit, Recommendations, Rules
from service.reference.catalogue import trades
from service.reference.rules import labelled
from service.reliability.rules import payment_shown

HOUSEHOLD = "household"


def candidates_out(found: Candidates, language: str) -> CandidatesOut:
    """A ranking of people."""
    return CandidatesOut(
        shift_id=found.shift_id,
        posting_id=found.posting_id,
        at=found.at,
        rules=_rules(found.rules),
        personalised=found.personalised,
        considered=found.considered,
        refused=found.refused,
        excluded=None if found.excluded is None else _excluded(found.excluded, language),
        matches=[_candidate(each, language) for each in found.matches],
        not_matched=None if found.not_matched is None else [_candidate(each, language) for each in found.not_matched],
    )


def recommendations_out(found: Recommendations, language: str) -> RecommendationsOut:
    """A ranking of shifts."""
    return RecommendationsOut(
        worker_id=found.worker_id,
        at=found.at,
        rules=_rules(found.rules),
        personalised=found.personalised,
        considered=found.considered,
        refused=found.refused,
        excluded=None if found.excluded is None else _excluded(found.excluded, language),
        matches=[
            OfferOut(
                shift=_shift(each.shift, language),
                distance_m=each.seen.distance_m,
                score=_score(each.seen.score, language),
            )
            for each in found.matches
        ],
    )


def fit_out(found: Fit, language: str, *, own_side: bool) -> FitOut:
    """One pair; `own_side` when the viewer is the employer or staff, who know the household's address."""
    return FitOut(
        shift=_shift(found.shift, language, whole=own_side),
        worker_id=found.worker_id,
        name=found.name,
        at=found.at,
        rules=_rules(found.rules),
        eligible=found.eligible,
        distance_m=found.seen.distance_m,
        score=_score(found.seen.score, language),
        refusals=[_refusal(shown, language) for shown in found.seen.refusals],
    )


def _rules(rules: Rules) -> RulesOut:
    return RulesOut.model_validate(rules)


def _excluded(counts: Mapping[str, int], language: str) -> list[ExcludedOut]:
    return [ExcludedOut(code=code, label=code_label(code, language), count=n) for code, n in counts.items()]


def _candidate(found: Candidate, language: str) -> CandidateOut:
    return CandidateOut(
        worker_id=found.worker_id,
        name=found.name,
        referred=found.referred,
        distance_m=found.seen.distance_m,
        score=_score(found.seen.score, language),
        refusals=[_refusal(shown, language) for shown in found.seen.refusals],
    )


def _score(score: Score | None, language: str) -> ScoreOut | None:
    if score is None:
        return None
    return ScoreOut(total=score.total, parts=[_part(part, language) for part in score.parts])


def _part(part: Part, language: str) -> PartOut:
    """Thousands of parts say the same: a shape once made is used again."""
    facts = tuple(part.facts.items())
    try:
        return _part_made(part.name, part.value, part.weight, part.points, part.reason, facts, language)
    except TypeError:  # a fact that cannot be a key
        return _made(part, language)


@lru_cache(maxsize=20_000)
def _part_made(
    name: str, value: int, weight: int, points: int, reason: str, facts: tuple[tuple[str, Any], ...], language: str
) -> PartOut:
    return _made(Part(name, value, weight, points, reason, dict(facts)), language)


def _made(part: Part, language: str) -> PartOut:
    return PartOut(
        name=part.name,
        label=part_label(part.name, language),
        value=part.value,
        weight=part.weight,
        points=part.points,
        reason=part.reason,
        text=reason_sentence(part, language),
    )


def _refusal(shown: Shown, language: str) -> RefusalOut:
    remedy = shown.remedy
    return RefusalOut(
        code=shown.code,
        facts=plain(shown.facts),
        text=refusal_sentence(shown, language),
        remedy=None
        if remedy is None
        else RemedyOut(code=remedy.code.value, facts=plain(remedy.facts), text=remedy_sentence(remedy, language)),
    )


def _shift(row: Mapping[str, Any], language: str, *, whole: bool = False) -> OfferedShiftOut:
    trade = trades().get(row["trade"])
    told = whole or row["employer_kind"] != HOUSEHOLD
    return OfferedShiftOut(
        id=row["id"],
        posting_id=row["posting_id"],
        title=row["title"],
        trade=row["trade"],
        trade_label=labelled(trade, row["trade"], language),
        employer_id=row["employer_id"],
        employer_name=row["employer_name"] if told else None,
        employer_payments=PaymentRecordOut(**payment_shown(row["payment_record"], language)),
        city_code=row["city_code"],
        district_code=row["district_code"],
        address=row["address"] if told else None,
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        pay=MoneyOut(amount_fen=row["pay_fen"], currency="CNY"),
        pay_unit=row["pay_unit"],
        settlement=row["settlement"],
        headcount=row["headcount"],
        free_seats=max(0, row["headcount"] - row["taken"]),
    )
