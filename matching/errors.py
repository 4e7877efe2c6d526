"""The one way the library refuses its input: a field and a code, never a sentence."""

from __future__ import annotations


class InvalidInput(ValueError):
    """An argument that has no meaning here; `field` says where, `code` says why.

    Codes: not_an_integer, out_of_range, naive_time, end_before_start, duplicate_id, unknown_kind,
    unknown_gate, both_span_and_pattern, empty, not_rising, unknown_id (not in a pool), stale (a question
    asked after a new kind of skill came in); those of `matching.assign` stand at `Problem.of`.
    """

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


def check_integer(field: str, value: object, low: int, high: int) -> None:
    """Refuse what is not a whole number in [low, high]; a bool or a float (so also NaN) is not one."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidInput(field, "not_an_integer")
    if not low <= value <= high:
        raise InvalidInput(field, "out_of_range")
