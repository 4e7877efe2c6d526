"""The house: who may import whom, sentences only in catalogues, every route declares its access."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from configparser import ConfigParser
from pathlib import Path

import pytest

import service.repositories  # noqa: F401 - every feature's tables
from service.db.base import Base
from service.i18n import LANGUAGES, catalogue
from service.invariants import VERSIONED
from service.wiring import FEATURES

ROOT = Path(__file__).parent.parent.parent
SERVICE = ROOT / "service"
SHARED_BETWEEN_FEATURES = {"lifecycle", "rules"}
PUBLIC_FACES = {
    "reference": {"catalogue", "data", "naming", "nearness", "skills", "within"},
    "balances": {"views", "schemas"},  # one shape on its own pages and in the zones
    "listings": {"views", "schemas"},  # a listing has one shape wherever it is shown: search, zones, alerts
}
HAN = re.compile(r"[\u3400-\u9fff]")
CATEGORIES = {
    "Malformed", "Unauthenticated", "Forbidden", "Missing", "Conflict", "Gone", "Stale", "Unconditioned",
    "Refused", "TooMany", "Unready", "InFlight", "WrongMedia", "FieldError", "refusal",
}  # fmt: skip


def modules() -> list[Path]:
    return sorted(path for path in SERVICE.rglob("*.py"))


def imports_of(path: Path) -> Iterator[str]:
    """Names of service modules that a file imports at run time (type-checking imports are exempt)."""
    text = path.read_text(encoding="utf-8")
    nodes = list(ast.walk(ast.parse(text)))
    exempt = {
        id(inner)
        for node in (nodes if "TYPE_CHECKING" in text else ())
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in nodes:
        if id(node) in exempt:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("service."):
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("service."))


def feature_of(path: Path) -> str | None:
    parts = path.relative_to(SERVICE).parts
    return parts[0] if len(parts) > 1 and parts[0] in FEATURES else None


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SERVICE)))
def test_features_share_only_lifecycles_and_rules(path: Path) -> None:
    """A feature reaches into another one only through its lifecycle and rules; repositories may join tables."""
    mine = feature_of(path)
    if mine is None:
        return
    wrong = []
    for name in imports_of(path):
        parts = name.split(".")
        if len(parts) < 3 or parts[1] not in FEATURES or parts[1] == mine:
            continue
        kind = parts[2]
        joins = path.name == "repository.py" or "repository" in path.parts or path.name.endswith("_repository.py")
        public_face = kind in PUBLIC_FACES.get(parts[1], ())
        if kind not in SHARED_BETWEEN_FEATURES and not (joins and kind == "tables") and not public_face:
            wrong.append(name)
    assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_the_machinery_is_kept_from_every_feature() -> None:
    """The list of the import linter names all that is wired, so that a new feature cannot be forgotten."""
    contract = ConfigParser()
    contract.read(ROOT / ".importlinter")
    listed = contract["importlinter:contract:machinery-knows-no-feature"]["forbidden_modules"].split()
    assert {f"service.{feature}" for feature in FEATURES} <= set(listed)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SERVICE)))
def test_no_sentences_in_code(path: Path) -> None:
    """No Chinese text stands in a string literal outside docstrings."""
    text = path.read_text(encoding="utf-8")
    if not HAN.search(text) and "\\" not in text:
        return  # neither written nor escaped, in the whole file: no literal can hold any
    tree = ast.parse(text)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    shown = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg in {"title", "help", "summary", "description"}
        for inner in ast.walk(node.value)
    }
    wrong = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in docs
        and id(node) not in shown
        and HAN.search(node.value)
    ]
    assert not wrong, f"{path.relative_to(ROOT)}: {wrong}"


def test_both_languages_have_the_same_sentences_and_placeholders() -> None:
    """zh-CN and en hold the same keys, and each pair the same placeholders."""
    chinese, english = (catalogue(language) for language in LANGUAGES)
    assert chinese.keys() == english.keys(), sorted(chinese.keys() ^ english.keys())
    slots = re.compile(r"{(\w+)")
    wrong = [key for key in chinese if set(slots.findall(chinese[key])) != set(slots.findall(english[key]))]
    assert not wrong


def raised_codes() -> dict[str, str]:
    """Every literal code given to a refusal, with where it stands."""
    found = {}
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name | ast.Attribute):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            index = 1 if name == "FieldError" else 0
            if name in CATEGORIES and len(node.args) > index and isinstance(node.args[index], ast.Constant):
                found[str(node.args[index].value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def test_every_code_has_a_sentence() -> None:
    """Each code that is raised is translated."""
    known = catalogue("zh-CN")
    missing = {code: where for code, where in raised_codes().items() if f"problem.{code}" not in known}
    assert not missing


def test_every_route_declares_its_access(app: object) -> None:
    """No operation of the contract is without roles; unsafe ones say whether they take a key."""
    document = app.openapi()  # type: ignore[attr-defined]
    silent = []
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "x-roles" not in operation and path not in {"/healthz", "/readyz"}:
                silent.append((method, path))
            assert operation["operationId"].count("_") >= 1, operation["operationId"]
    assert not silent


def test_operation_ids_are_unique(app: object) -> None:
    """An operationId is a promise; each names one operation."""
    document = app.openapi()  # type: ignore[attr-defined]
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names))


def test_every_entity_is_checked_against_its_log() -> None:
    """`check-invariants` compares versions with log lines of every model that has a noun, once each."""
    models = [each.class_ for each in Base.registry.mappers if hasattr(each.class_, "NOUN")]
    assert sorted(VERSIONED) == sorted((model.NOUN, model.__tablename__) for model in models)
