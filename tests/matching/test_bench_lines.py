"""`make bench` says what is different and fails for nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks import __main__ as bench
from benchmarks.kernel_cache import VARIABLE, keep_kernels
from benchmarks.latency import latency
from benchmarks.line import Line, show


def test_only_a_different_answer_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """A missed target or no peer is printed, not punished."""
    fine = [Line("alone", 1.0), Line.of("slow", 9.0, 1.0, target="<=1.1x", agrees=True)]
    assert show(fine)
    assert "9x" in capsys.readouterr().out
    assert not show([*fine, Line.of("wrong", 1.0, 27.0, agrees=False), Line("after", 1.0, agrees=True)])
    said = capsys.readouterr().out
    assert "DIFFER" in said
    assert "1/27" in said
    assert "after" in said


def test_groups_are_named_and_a_strange_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """ONLY takes names of groups; anything else ends at once, and not as if answers differed."""
    monkeypatch.setenv("ONLY", "rank,speed")
    assert bench.main() == 2
    assert "speed" in capsys.readouterr().err
    assert any("seed 5" in line for line in bench.facts(quick=True, seed=5))


def test_kernels_are_kept_outside_the_sources() -> None:
    """In the folder the caller named, else in one that git ignores and that is named after the kernels."""
    assert os.environ[VARIABLE]
    assert keep_kernels() == Path(os.environ[VARIABLE])


def test_latencies_keep_every_answer_in_order() -> None:
    """Warming up is neither counted nor kept."""
    asked: list[int] = []
    found = latency(lambda each: asked.append(each) or each * 2, [1, 2, 3], warm=2)
    assert found.answers == [2, 4, 6]
    assert asked == [1, 2, 1, 2, 3]
    assert 0 <= found.p50 <= found.p99
