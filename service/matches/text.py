"""The list that is asked for most, straight to JSON: what `shaping.candidates_out` would say, without its models.

Most people of a list share most of their parts; each part becomes text once.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from matching import Part, Score
from service.matches.sentences import part_label, reason_sentence
from service.matches.views import Candidate, Candidates
from service.worktime import rfc3339


def candidates_text(found: Candidates, language: str) -> bytes:
    """A ranking of eligible people alone, as UTF-8 JSON."""
    parts: dict[int, orjson.Fragment] = {}
    return orjson.dumps(
        {
            "shift_id": found.shift_id,
            "posting_id": found.posting_id,
            "at": rfc3339(found.at),
            "rules": found.rules,
            "personalised": found.personalised,
            "considered": found.considered,
            "refused": None,
            "excluded": None,
            "matches": [_candidate(each, parts, language) for each in found.matches],
            "not_matched": None,
        },
        default=str,  # identifiers as the driver makes them
    )


def _candidate(found: Candidate, parts: dict[int, orjson.Fragment], language: str) -> dict[str, Any]:
    return {
        "worker_id": found.worker_id,
        "name": found.name,
        "referred": found.referred,
        "distance_m": found.seen.distance_m,
        "score": _score(found.seen.score, parts, language),
        "refusals": [],
    }


def _score(score: Score | None, parts: dict[int, orjson.Fragment], language: str) -> dict[str, Any] | None:
    if score is None:
        return None
    texts = []
    for part in score.parts:
        text = parts.get(id(part))  # each lives as long as the answer that it is part of
        if text is None:
            text = parts[id(part)] = _part(part, language)
        texts.append(text)
    return {"total": score.total, "parts": texts}


def _part(part: Part, language: str) -> orjson.Fragment:
    return orjson.Fragment(
        orjson.dumps(
            {
                "name": part.name,
                "label": _label(part.name, language),
                "value": part.value,
                "weight": part.weight,
                "points": part.points,
                "reason": part.reason,
                "text": reason_sentence(part, language),
            }
        )
    )


_label = lru_cache(maxsize=256)(part_label)
