"""Exported modules are TLA+, complete, and read well."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
import tree_sitter_tlaplus
from tree_sitter import Language, Node, Parser

from checker.cli import run
from checker.export.expressions import OPERATORS
from checker.export.layout import lines
from checker.export.module import export
from checker.export.terms import both, implies, infix, name
from checker.info import catalogue
from checker.ir.ops import Op
from checker.models import load
from tests.support.expected import specs_in
from tests.support.toy_models import kitchen_sink

SPECS = [*map(str, specs_in("corpus")), *catalogue()]
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # the grammar's package hands over a number, as it once was
    PARSER = Parser(Language(tree_sitter_tlaplus.language()))


def mistakes(node: Node) -> list[str]:
    """Return where the parser found no TLA+."""
    here = [f"line {node.start_point[0] + 1}: {(node.text or b'')[:80]!r}"] if node.is_error or node.is_missing else []
    return here + [found for child in node.children if child.has_error or child.is_missing for found in mistakes(child)]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: Path(spec).stem)
def test_module_parses(spec: str) -> None:
    exported = export(load(spec, {}), source=spec)
    assert mistakes(PARSER.parse(exported.module.encode()).root_node) == []


def test_the_parser_finds_mistakes() -> None:
    module = export(kitchen_sink(), source="").module
    assert mistakes(PARSER.parse(module.encode()).root_node) == []
    assert mistakes(PARSER.parse(module.replace("Init ==", "Init = =").encode()).root_node)


def test_every_operator_has_its_tla() -> None:
    assert set(OPERATORS) == set(Op)


@pytest.mark.parametrize("spec", ["dining_philosophers", "lost_notification"])
def test_exported(spec: str, golden: Callable[..., None]) -> None:
    golden(export(load(spec, {}), source=f"check export {spec}").module, suffix=".tla")


def test_configuration(golden: Callable[..., None]) -> None:
    golden(export(load("dining_philosophers", {}), source="").config, suffix=".cfg")


def test_command_writes_module_and_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "counter", "--set", "workers=3", "--tla", str(tmp_path / "out")]) == 0
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert [path.name for path in written] == ["Counter.tla", "Counter.cfg"]
    assert "Parameters: workers = 3" in written[0].read_text(encoding="utf-8")


def test_folder_that_cannot_be_made_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert run(["export", "counter", "--tla", str(tmp_path / "file")]) == 2
    assert "cannot write to" in capsys.readouterr().err


def test_a_list_that_is_an_operand_ends_where_the_operand_does() -> None:
    conditions = [infix("=", name(f"a_condition_of_{n:02}"), name("whatever_it_is")) for n in range(4)]
    assert lines(implies(both(conditions), name("consequence")), 4) == [
        "(/\\ a_condition_of_00 = whatever_it_is",
        "     /\\ a_condition_of_01 = whatever_it_is",
        "     /\\ a_condition_of_02 = whatever_it_is",
        "     /\\ a_condition_of_03 = whatever_it_is)",
        "      => consequence",
    ]
