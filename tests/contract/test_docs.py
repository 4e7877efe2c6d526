"""What the documents promise is so."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from service.reference.kinds import CODES
from service.settings import Settings

ROOT = Path(__file__).parent.parent.parent


def test_settings_table_is_complete() -> None:
    """docs/settings.md has one row for each setting, with its meaning."""
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variable = alias if isinstance(alias, str) else f"LINGGONG_{name.upper()}"
        assert re.search(rf"\| `{variable}` \| .* \| {re.escape(str(field.description))} \|", text), variable


def test_readme_names_operations_that_exist(app: object) -> None:
    """Each operation of the main story is one of the contract."""
    document = app.openapi()  # type: ignore[attr-defined]
    known = {operation["operationId"] for path in document["paths"].values() for operation in path.values()}
    story = (ROOT / "README.md").read_text(encoding="utf-8").split("## The main story")[1].split("##")[0]
    named = {word for line in story.splitlines() if line.startswith("|") for word in re.findall(r"`(\w+_\w+)`", line)}
    assert named
    assert named <= known, named - known


def test_links_in_documents_lead_somewhere() -> None:
    """Every relative link of the README and docs points to a file or folder of the repository."""
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_paths_in_documents_are_operations(app: object) -> None:
    """Every `/v1/…` with its verb, or alone, is a path of the contract; so is each kind of codes."""
    known: dict[str, set[str]] = {}
    for path, operations in app.openapi()["paths"].items():  # type: ignore[attr-defined]
        known.setdefault(_shape(path), set()).update(operations)
    wrong = []
    for page, method, path in _paths():
        shape = _shape(path)
        there = known.get(shape) or known.get(re.sub(r"^/v1/reference/\w+$", "/v1/reference/{}", shape), set())
        kind = path.removeprefix("/v1/reference/")
        unknown_kind = path != kind and "/" not in kind and "{" not in kind and kind not in CODES
        if not there or (method and method.lower() not in there) or unknown_kind:
            wrong.append(f"{page}: {method} {path}")
    assert not wrong


def test_reasons_of_shared_labour_are_told_whole(app: object) -> None:
    """docs/deals.md has one row for each code of each kind of reasons that deals, their papers and their money take, in
    both languages, and names operations that there are."""
    page = (ROOT / "docs" / "deals.md").read_text(encoding="utf-8").split("## Reasons")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in page.splitlines() if line.startswith("| `")
    ]
    told = {(kind.strip("`"), code.strip("`")): (zh, en) for kind, _, code, zh, en in rows}
    known = yaml.safe_load((ROOT / "service/reference/data/reasons.yaml").read_text(encoding="utf-8"))["kinds"]
    ours = {kind for kind in known if kind.startswith(("deal_", "lent_", "leg_"))} | {"agreement_decline"}
    assert told == {(kind, code): (said["zh"], said["en"]) for kind in ours for code, said in known[kind].items()}
    assert len(rows) == len(told)
    operations = {each["operationId"] for path in app.openapi()["paths"].values() for each in path.values()}  # type: ignore[attr-defined]
    named = {name for _, by, *_ in rows for name in re.findall("`([a-z_]+)`", by)} - {"end_reason"}
    assert named
    assert named <= operations, named - operations


def _shape(path: str) -> str:
    return re.sub(r"{[^}]*}", "{}", path)


def _paths() -> list[tuple[str, str, str]]:
    """(page, verb or "", path) of what is quoted in the README and docs."""
    quoted = re.compile(r"`(?:(GET|POST|PUT|PATCH|DELETE) )?(/v1/[^`?\s]*?)(?:\?[^`]*)?`")
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return [(page.name, *found) for page in pages for found in quoted.findall(page.read_text(encoding="utf-8"))]
