"""`model` is the language: what it exports is what docs/language.md describes, and it is importable Python."""

from __future__ import annotations

import builtins
import importlib
import inspect
import re

import pytest

import model
from checker.frontend.names import WORDS
from model import Bool, Int, Map, NotExecutable, Spec, param, require
from tests.repo.tree import ROOT, sources

LANGUAGE = (ROOT / "docs/language.md").read_text(encoding="utf-8")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
EXAMPLES = {"Batch", "FoldChannel", "check", "f", "h", "p", "use", "w"}  # names the page's examples take as given
UNDOCUMENTED = {"NotExecutable"}  # what a user meets only by running a spec, where the message explains it


def code() -> str:
    """Return all code of the page: fenced and between backticks."""
    fenced = FENCED.findall(LANGUAGE)
    return "\n".join([*fenced, *INLINE.findall(FENCED.sub("", LANGUAGE))])


def test_every_exported_name_is_described() -> None:
    described = set(re.findall(r"\w+", code()))
    assert set(model.__all__) - described == UNDOCUMENTED


def test_every_name_the_page_calls_is_exported() -> None:
    text = code()
    called = set(re.findall(r"(?<![\w.\"])([A-Za-z_]\w*)\(", text))
    defined = set(re.findall(r"\b(?:def|class) (\w+)", text)) | set(re.findall(r"\b(\w+) = ", text))
    statements = {"in", "not", "and", "or", "if", "match", "return"}
    blocks = {node.rpartition(".")[2] for node in block_names()}
    unknown = {name for name in called - defined - statements - blocks if not hasattr(builtins, name)}
    assert unknown - set(model.__all__) - EXAMPLES == set()


def test_the_front_end_knows_the_same_names() -> None:
    assert set(model.__all__) - UNDOCUMENTED == WORDS


def block_names() -> set[str]:
    """Return the classes of the block modules beside the vocabulary."""
    return {
        f"{source.name}.{name}"
        for source in sources("model")
        for name, value in vars(importlib.import_module(source.name)).items()
        if inspect.isclass(value) and issubclass(value, model.Block) and value.__module__ == source.name
    }


@pytest.mark.parametrize("name", sorted(set(model.__all__)))
def test_every_exported_function_is_documented(name: str) -> None:
    value = getattr(model, name)
    assert not callable(value) or inspect.getdoc(value)


@pytest.mark.parametrize("name", [source.name for source in sources("model", "specs")])
def test_specs_and_blocks_import_as_python(name: str) -> None:
    importlib.import_module(name)


class Ticket(Spec):
    clients = param(Int(1, 4), default=2)
    mode = param("fast", "slow", default="fast")
    Client = Int(0, clients - 1)
    held = Map(Client, Bool(init=mode == "slow" and clients > 1))


def test_declarations_print_as_they_were_written() -> None:
    assert repr(Ticket.__dict__["clients"] - 1) == "(clients - 1)"
    assert repr(Map(Int(0, 3), Bool())) == "Map(Int(0, 3), Bool())"


def test_a_spec_is_not_run() -> None:
    with pytest.raises(NotExecutable, match=r"`Ticket\(\)` cannot be run: specs are compiled .* check\(TheSpec\)"):
        Ticket()


def test_a_function_of_the_language_is_not_run() -> None:
    with pytest.raises(NotExecutable, match=r"`require\(\)` cannot be run"):
        require(True)
