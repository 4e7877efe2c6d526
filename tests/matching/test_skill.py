"""Trades are near by tree or by name; levels and proof adjust; required counts more than wished."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import InvalidInput, SkillClaim, SkillNeed, SkillRules
from matching.skill import best, nearness, skill_measure, text_nearness

from .builders import a_shift

RULES = SkillRules()
NEED = SkillNeed("4-10-01-06", ("家政", "钟点", "保姆"))


@pytest.mark.parametrize(
    ("claim", "near"),
    [
        (SkillClaim("4-10-01-06"), (1000, "exact")),
        (SkillClaim("4-10-01-05"), (800, "small_group")),
        (SkillClaim("4-10-03-01"), (550, "middle_group")),
        (SkillClaim("4-09-01-06"), (0, "none")),
        (SkillClaim(None, "保姆"), (750, "similar_name")),
        (SkillClaim("4-10-03-01", "钟点"), (750, "similar_name")),
        (SkillClaim("4-10-01-05", "保姆"), (800, "small_group")),
        (SkillClaim(None, "住家保姆"), (499, "similar_name")),
        (SkillClaim(None, "保安"), (0, "none")),
        (SkillClaim(), (0, "none")),
    ],
)
def test_nearness_by_tree_and_by_name(claim: SkillClaim, near: tuple[int, str]) -> None:
    """Same code, 小类, 中类, a name scaled to 75 %, and a shared head noun that says nothing."""
    assert nearness(claim, NEED, RULES) == near


def test_a_need_without_code_is_met_by_name_only() -> None:
    """A local skill such as 陪诊 has no code; two missing codes are not the same code."""
    local = SkillNeed(None, ("陪诊",))
    assert nearness(SkillClaim(None, "电"), local, RULES) == (0, "none")
    assert nearness(SkillClaim(None, "陪诊"), local, RULES) == (750, "similar_name")


def test_levels_short_and_missing_proof_cost_and_unknown_is_the_lowest_level() -> None:
    """Each missing level costs 100 permille, an unchecked claim 50; more level than asked adds nothing."""
    need = SkillNeed("4-10-01-06", min_level=3)

    def worth(level: int | None, verified: bool) -> int:
        return best([SkillClaim("4-10-01-06", level=level, verified=verified)], need, RULES)[0]

    assert [worth(level, True) for level in (4, 3, 2, 1, 0, None)] == [1000, 1000, 900, 800, 700, 700]
    assert worth(3, False) == 950


def test_required_weighs_more_than_wished_and_the_trade_most() -> None:
    """4 : 2 : 1 for trade, required and wished."""
    trade, required, wished = (SkillNeed(code) for code in ("1-11-11-11", "2-22-22-22", "3-33-33-33"))
    shift = a_shift(trade=trade, required=(required,), wished=(wished,))

    def value(code: str) -> int:
        return skill_measure([SkillClaim(code, verified=True)], shift, RULES).value

    assert [value(need.code or "") for need in (trade, required, wished)] == [571_429, 285_714, 142_857]


def test_a_shift_without_any_trade_or_skill_fits_nobody_in_particular() -> None:
    """An unknown trade is worth 0 for everybody, and somebody without claims has 0 for every trade."""
    assert skill_measure([SkillClaim("4-10-01-06")], a_shift(trade=None), RULES).value == 0
    assert skill_measure([], a_shift(), RULES).value == 0


def test_a_need_that_nobody_could_meet_is_refused() -> None:
    """Neither code nor name raises."""
    with pytest.raises(InvalidInput, match="empty"):
        SkillNeed(None, ("",))


def test_levels_outside_the_scale_are_refused() -> None:
    """Negative, too high, fractional and boolean levels raise."""
    for level in (-1, 6, 1.5, True):
        with pytest.raises(InvalidInput):
            SkillClaim("x", level=level)  # type: ignore[arg-type]


names = st.text(st.sampled_from("保洁电焊工家政"), max_size=5)


@given(names, names)
@settings(max_examples=150, derandomize=True, deadline=None)
def test_names_are_compared_alike_both_ways_and_stay_below_a_code(a: str, b: str) -> None:
    """Symmetric, 0…750, and the whole 750 exactly for equal names."""
    near = text_nearness(a, b, RULES)
    assert near == text_nearness(b, a, RULES)
    assert 0 <= near <= 750
    assert (near == 750) == (a == b != "")


claims = st.lists(
    st.builds(
        SkillClaim,
        st.sampled_from([None, "4-10-01-06", "4-10-01-05", "4-10-03-01"]),
        names,
        st.none() | st.integers(0, 4),
        st.booleans(),
    ),
    max_size=4,
)


@given(claims, claims)
@settings(max_examples=100, derandomize=True, deadline=None)
def test_another_claim_never_lowers_the_skill_value_and_order_is_no_matter(
    some: list[SkillClaim], more: list[SkillClaim]
) -> None:
    """The best claim counts, wherever it stands."""
    shift = a_shift(trade=NEED, wished=(SkillNeed(None, ("电焊",), 2),))
    assert skill_measure(some + more, shift, RULES).value >= skill_measure(some, shift, RULES).value
    assert skill_measure(some + more, shift, RULES) == skill_measure(more + some, shift, RULES)
