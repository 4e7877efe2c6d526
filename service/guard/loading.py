"""Rules from their files: dated versions, checked when they are read, ready to be asked.

A rule is one YAML file (`docs/guard.md` says how to write it). Of its versions the one in force on a day is the last
that began on or before it. Whatever cannot be read is refused with the file and the place.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from service.guard.earning import LISTS, PERIODS, Earnings
from service.guard.english import English
from service.guard.folding import fold
from service.guard.patterns import BadPattern, Lists, check_figures, checked, compiled
from service.guard.rulebook import ACTIONS, MAYBE, Pay, Rulebook, Version
from service.guard.seeking import Sought, Together, sought
from service.guard.sound import Words

SIDES = ("demand", "supply")
DETECTORS = ("phone_number", "chat_account", "link", "identity_number", "coordinates")
_CODE = re.compile("C[0-9]{2}")
_KEYS = {"code", "name", "basis", "versions"}
_VERSION_KEYS = {
    "from", "action", "advice", "words", "phrases", "hints", "hint_phrases", "unless", "detects", "only_if_absent",
    "only_with", "softer_with", "report", "scenarios", "sides", "together", "anywhere", "pay_above", "pay_below",
    "english", "likely", "firm",
}  # fmt: skip


_LISTS = {"words", "phrases", "hints", "hint_phrases", "unless", "english", "detects"}
_ONES = {"only_if_absent", "only_with", "softer_with"}


class GuardRefused(ValueError):
    """A rule file that cannot be used; the message says which file and what is wrong."""


@cache
def shipped() -> Rulebook:
    """The rules that come with the service."""
    return read_rules(shipped_files())


def rules_of(folder: Path) -> Rulebook:
    """The shipped rules, those of the same name replaced by a folder's as they are now. Raises GuardRefused."""
    own = {each.name: _text_of(each) for each in sorted(folder.glob("*.yaml"))}
    return read_rules(shipped_files() | own)


def _text_of(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise GuardRefused(f"{file.name}: cannot be read as text: {wrong}") from wrong


def shipped_files() -> dict[str, str]:
    """File name -> text, of the rules that come with the service and their lists."""
    ground = files("service.guard")
    found = {each.name: each.read_text("utf-8") for each in ground.joinpath("rules").iterdir() if _is_rule(each.name)}
    found["lists.yaml"] = ground.joinpath("lists.yaml").read_text("utf-8")
    return found


def _is_rule(name: str) -> bool:
    return name.endswith(".yaml")


def read_rules(texts: Mapping[str, str]) -> Rulebook:
    """A rulebook from the texts of its files, `lists.yaml` among them. Raises GuardRefused."""
    lists = _parsed("lists.yaml", texts["lists.yaml"])
    if not all(isinstance(words, list) and all(isinstance(word, str) for word in words) for words in lists.values()):
        raise GuardRefused("lists.yaml: every list is a list of words")
    try:
        for word in (word for words in lists.values() for word in words if "[" in word):
            checked(word)
        check_figures(lists)
    except BadPattern as wrong:
        raise GuardRefused(f"lists.yaml: cannot read «{wrong}»") from wrong
    versions, known = {}, shipped_files()
    for name, text in sorted(texts.items()):
        if name == "lists.yaml":
            continue
        rule = _parsed(name, text)
        own = any(texts[each] != known.get(each) for each in ("lists.yaml", name))
        code, found = _rule(name, rule, lists, own)
        if code in versions:
            raise GuardRefused(f"{name}: {code} is in another file already")
        versions[code] = found
    negates = "|".join(
        sorted({re.escape(fold(word).text) for word in lists["negates"]}, key=lambda word: (-len(word), word))
    )
    earnings = Earnings(lists) if all(lists.get(each) for each in LISTS) else None
    if earnings is None and any(version.pay for each in versions.values() for version in each):
        raise GuardRefused(f"lists.yaml: pay needs the lists {', '.join(LISTS)}")
    return Rulebook(versions, re.compile(negates), earnings)


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Once(_Base):
    """Refuses a name that is said twice: YAML would silently forget the first."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        names = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {str(name) for name in names if names.count(name) > 1}
        if twice:
            raise yaml.constructor.ConstructorError(None, None, f"{', '.join(twice)} is there twice", node.start_mark)
        return dict(super().construct_mapping(node, deep=deep))


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        found = yaml.load(text, Loader=_Once)  # noqa: S506 - it is a SafeLoader
    except yaml.YAMLError as wrong:
        raise GuardRefused(f"{name}: {wrong}") from wrong
    if not isinstance(found, dict):
        raise GuardRefused(f"{name}: not a table of names and values")
    return found


def _rule(name: str, rule: Mapping[str, Any], lists: Lists, own: bool) -> tuple[str, tuple[Version, ...]]:
    _check_keys(name, rule, _KEYS)
    code = rule.get("code")
    if not isinstance(code, str) or not _CODE.fullmatch(code) or name != f"{code}.yaml":
        raise GuardRefused(f"{name}: code is the name of the file, like C01")
    if not _is_said(rule.get("name")) or not isinstance(rule.get("basis"), str):
        raise GuardRefused(f"{name}: name is said in zh and en, and basis in words")
    if not isinstance(rule.get("versions"), list) or not all(isinstance(each, dict) for each in rule["versions"]):
        raise GuardRefused(f"{name}: versions is a list")
    found = tuple(
        _version(f"{name} version {number}", rule, each, lists, own) for number, each in enumerate(rule["versions"])
    )
    days = [version.since for version in found]
    if not found or days != sorted(set(days)):
        raise GuardRefused(f"{name}: versions begin on rising days, each day once")
    return code, found


def _check_keys(where: str, given: Mapping[str, Any], known: Iterable[str]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise GuardRefused(f"{where}: unknown {', '.join(map(str, unknown))}; known are {', '.join(sorted(known))}")


def _check_shapes(where: str, given: Mapping[str, Any]) -> None:
    """That lists are lists of words, and what people read is said in both languages."""
    for name in _LISTS & given.keys():
        if not _is_words(given[name]):
            raise GuardRefused(f"{where}: {name} is a list of words")
    for name in _ONES & given.keys():
        if not isinstance(given[name], str) and not _is_words(given[name]):
            raise GuardRefused(f"{where}: {name} is a word or a list of them")
    if "advice" in given and not _is_said(given["advice"]):
        raise GuardRefused(f"{where}: advice is said in zh and en")
    scenarios = given.get("scenarios", {})
    if not isinstance(scenarios, dict) or not all(map(_is_words, scenarios.values())):
        raise GuardRefused(f"{where}: scenarios are lists of words, stopped and passed")
    _check_keys(f"{where}: scenarios", scenarios, {"stopped", "passed"})


def _is_words(given: Any) -> bool:
    return isinstance(given, list) and all(isinstance(word, str) for word in given)


def _is_said(given: Any) -> bool:
    return isinstance(given, dict) and given.keys() == {"zh", "en"} and all(map(str.strip, map(str, given.values())))


def _version(where: str, rule: Mapping[str, Any], given: Mapping[str, Any], lists: Lists, own: bool) -> Version:
    _check_keys(where, given, _VERSION_KEYS)
    _check_shapes(where, given)
    if type(given.get("from")) is not date:
        raise GuardRefused(f"{where}: from is a day like 2026-01-01")
    if given.get("action") not in ACTIONS:
        raise GuardRefused(f"{where}: action is one of {', '.join(ACTIONS)}")
    unknown = set(given.get("detects", ())) - set(DETECTORS)
    if unknown:
        raise GuardRefused(f"{where}: detects knows {', '.join(DETECTORS)}")
    sides = given.get("sides", ["demand"])
    if not isinstance(sides, list) or not sides or set(sides) - set(SIDES):
        raise GuardRefused(f"{where}: sides is a list of {', '.join(SIDES)}")
    scenarios = given.get("scenarios", {})
    known: dict[str, Sought] = {}
    try:
        return Version(
            code=rule["code"],
            name=rule["name"],
            basis=rule["basis"],
            since=given["from"],
            action=given["action"],
            advice=given.get("advice") or rule["name"],
            words=Words(fold(word).text for word in given.get("words", ())),
            phrases=sought(rule["code"], given.get("phrases", ()), lists, known),
            hints=Words(fold(word).text for word in given.get("hints", ())),
            hint_phrases=sought(rule["code"], given.get("hint_phrases", ()), lists, known),
            combinations=_combinations(rule["code"], given, lists, known),
            pay=_pay(rule["code"], given, lists, known),
            english=English(given["english"]) if given.get("english") else None,
            likely=_likely(given.get("likely")),
            own=own,
            unless=sought(rule["code"], given.get("unless", ()), lists, known),
            only_if_absent=compiled(_several(given.get("only_if_absent")), lists),
            only_with=compiled(_several(given.get("only_with")), lists),
            softer_with=compiled(_several(given.get("softer_with")), lists),
            detects=tuple(given.get("detects", ())),
            sides=frozenset(sides),
            reported=bool(given.get("report")),
            firm=bool(given.get("firm")),
            stopped=tuple(scenarios.get("stopped", ())),
            passed=tuple(scenarios.get("passed", ())),
        )
    except BadPattern as wrong:
        raise GuardRefused(f"{where}: cannot read «{wrong}»") from wrong
    except ValueError as wrong:
        raise GuardRefused(f"{where}: the word «{wrong}» has fewer than two syllables") from wrong


def _combinations(code: str, given: Mapping[str, Any], lists: Lists, known: dict[str, Sought]) -> tuple[Together, ...]:
    """Patterns that all have to be met, and whether in one sentence. Raises BadPattern."""
    made = []
    for name in ("together", "anywhere"):
        for each in given.get(name, ()):
            if not isinstance(each, list) or not each:
                raise BadPattern(str(each))
            made.append(Together(code, sought(code, each, lists, known), name == "together"))
    return tuple(made)


def _pay(code: str, given: Mapping[str, Any], lists: Lists, known: dict[str, Sought]) -> tuple[Pay, ...]:
    """What `pay_above` and `pay_below` ask. Raises BadPattern."""
    made = []
    for name in ("pay_above", "pay_below"):
        for each in given.get(name, ()):
            limits = {period: each[period] for period in PERIODS if period in each} if isinstance(each, dict) else {}
            if not limits or set(each) - {*PERIODS, "with", "without"}:
                raise BadPattern(str(each))
            if not all(isinstance(limit, int | float) for limit in limits.values()):
                raise BadPattern(str(each))
            parts = [sought(code, each.get(part, ()), lists, known) for part in ("with", "without")]
            made.append(Pay(name == "pay_above", limits, *parts))
    return tuple(made)


def _likely(given: Any) -> float | None:
    """Raises BadPattern for what is no chance that can be asked for."""
    if given is None:
        return None
    if not isinstance(given, int | float) or not MAYBE <= given < 1:
        raise BadPattern(f"likely {given}")
    return float(given)


def _several(given: Any) -> list[str]:
    """One pattern, a list of them, or none."""
    if given is None:
        return []
    return [given] if isinstance(given, str) else list(given)
