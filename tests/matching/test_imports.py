"""matching/ is pure: it imports no service, web, SQL, file, clock or chance."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import matching

ROOT = Path(matching.__file__).parent
ALLOWED = {
    "__future__",
    "collections",
    "concurrent",
    "contextlib",
    "dataclasses",
    "datetime",
    "decimal",
    "enum",
    "functools",
    "hashlib",
    "importlib",
    "itertools",
    "matching",
    "math",
    "numba",
    "numpy",
    "ortools",
    "pypinyin",
    "rapidfuzz",
    "re",
    "scipy",
    "threading",
    "types",
    "typing",
    "unicodedata",
    "uuid",
}
CLOCKS_AND_FILES = {"now", "utcnow", "today", "open", "uuid4", "uuid1", "print", "input"}


def modules() -> list[tuple[str, ast.Module]]:
    return [(path.name, ast.parse(path.read_text("utf-8"))) for path in sorted(ROOT.glob("**/*.py"))]


def test_only_the_allowed_modules_are_imported() -> None:
    """A new import has to be put on the list above, with thought."""
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= ALLOWED, name
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in ALLOWED, name


def test_nothing_is_called_that_reads_a_clock_a_file_or_chance() -> None:
    """No now(), today(), open() or uuid4() anywhere."""
    for name, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = getattr(node.func, "attr", getattr(node.func, "id", ""))
                assert called not in CLOCKS_AND_FILES, (name, called)


def test_importing_the_library_loads_no_service_web_or_sql_module() -> None:
    """In a fresh interpreter the whole import graph is free of them."""
    script = "import sys, matching; print('\\n'.join(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT.parent
    ).stdout.split()
    roots = {name.split(".")[0] for name in loaded}
    foreign = {
        "service",
        "fastapi",
        "starlette",
        "sqlalchemy",
        "asyncpg",
        "pydantic",
        "httpx2",
        "yaml",
        "sqlite3",
    }
    assert roots.isdisjoint(foreign)


def test_python_files_hold_no_chinese_strings() -> None:
    """Words for people live in data files; docstrings may use Chinese terms."""
    for name, tree in modules():
        docs = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, DOCUMENTED)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value not in docs:
                assert not any("\u4e00" <= character <= "\u9fff" for character in node.value), (
                    name,
                    node.value,
                )


DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
