"""`linggong import`: the same import without HTTP; its exit code, its report, whom the rows belong to."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from service.cli.importing import demo_employer, import_postings
from service.context import Context
from service.errors import Refused
from service.ids import new_id
from tests.builders.city import an_employer
from tests.builders.imports import SAMPLE, SOURCE, listings, scalar


async def test_the_sample_goes_to_the_demo_employer_with_a_report(
    ctx: Context, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Refused rows are no failure: exit code 0, every row answered in the report, the file left where it is."""
    report = tmp_path / "report.jsonl"
    assert await import_postings(ctx, SAMPLE, SOURCE, None, dry_run=False, report=report) == 0
    answers = [json.loads(line) for line in report.read_text(encoding="utf-8").splitlines()]
    assert [answer["number"] for answer in answers] == list(range(1, 17))
    assert all(answer["reasons"][0]["message"] for answer in answers if answer["outcome"] == "refused")
    assert "16 rows" in capsys.readouterr().out
    assert SAMPLE.is_file()
    owner = await demo_employer(ctx)
    assert await scalar(ctx, "select bool_and(employer_id = :id) from postings", id=owner)
    assert await scalar(ctx, "select count(*) from employers") == 1


async def test_a_dry_run_stores_nothing(ctx: Context) -> None:
    """`--dry-run` answers and leaves no posting."""
    assert await import_postings(ctx, SAMPLE, SOURCE, None, dry_run=True, report=None) == 0
    assert await scalar(ctx, "select count(*) from postings") == 0


async def test_a_mapping_file_and_an_employer_may_be_named(ctx: Context, tmp_path: Path) -> None:
    """`--mapping FILE --employer ID`: the rows belong to that employer."""
    from service.imports.running import mapping_text

    file, mapping = tmp_path / "rows", tmp_path / "own.yaml"
    file.write_bytes(listings(3))
    mapping.write_text(mapping_text(SOURCE), encoding="utf-8")
    employer = await an_employer(ctx)
    assert await import_postings(ctx, file, str(mapping), str(employer.id), dry_run=False, report=None) == 0
    assert await scalar(ctx, "select count(*) from postings where employer_id = :id", id=employer.id) == 3


async def test_a_file_that_breaks_is_exit_code_1(ctx: Context, tmp_path: Path) -> None:
    """The rows before stand, the command says so and fails."""
    file = tmp_path / "rows"
    file.write_bytes(listings(2)[:-30])
    assert await import_postings(ctx, file, SOURCE, None, dry_run=False, report=None) == 1
    assert await scalar(ctx, "select count(*) from postings") == 1


async def test_what_is_wrong_before_the_first_row_is_said_at_once(ctx: Context, tmp_path: Path) -> None:
    """No file, no rows in it, no such mapping or employer; in production an employer must be named."""
    empty = tmp_path / "empty"
    empty.touch()
    production = replace(ctx, settings=ctx.settings.model_copy(update={"env": "production"}))
    tries = [
        (ctx, tmp_path / "none", SOURCE, None, "file_not_found"),
        (ctx, empty, SOURCE, None, "file_empty"),
        (ctx, SAMPLE, "no_such", None, "mapping_unknown"),
        (ctx, SAMPLE, SOURCE, "x", "employer_unknown"),
        (ctx, SAMPLE, SOURCE, str(new_id()), "employer_unknown"),
        (production, SAMPLE, SOURCE, None, "employer_needed"),
    ]
    for context, file, mapping, employer, code in tries:
        with pytest.raises(Refused, match=code):
            await import_postings(context, file, mapping, employer, dry_run=False, report=None)
    assert await scalar(ctx, "select count(*) from imports") == 0
