"""The Python API: specs as classes are found in their source, as the command would name them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from checker.diagnostics import UsageError
from checker.entry import check, replay, simulate, target
from checker.options import Options
from checker.report import Verdict
from model import Int, Spec, action, actor, invariant, param, require
from tests.repo.tree import ROOT


class TopLevel(Spec):
    limit = param(Int(1, 9), default=3)
    count = Int(0, limit)
    counter = actor(finished=lambda self: self.count == self.limit)

    @action(counter)
    def add(self) -> None:
        require(self.count < self.limit)
        self.count += 1

    @invariant
    def is_small(self) -> object:
        return self.count <= 4


def test_a_class_is_named_by_its_file() -> None:
    assert target(TopLevel) == "tests/repo/test_entry.py:TopLevel"


def test_a_name_stays_what_it_is() -> None:
    assert target("page_service") == "page_service"


def test_a_class_is_checked_at_its_defaults() -> None:
    report = check(TopLevel)
    assert report
    assert (report.states, report.spec) == (4, "tests/repo/test_entry.py:TopLevel")


def test_parameters_are_keyword_arguments_and_findings_replay() -> None:
    report = check(TopLevel, limit=6)
    assert not report
    finding = report.findings[0]
    assert finding.name == "is_small"
    assert replay(TopLevel, str(finding.trace), limit=6).states[-1] == finding.state == (5,)


def test_options_are_not_parameters() -> None:
    assert check(TopLevel, options=Options(max_states=2)).verdict is Verdict.INCOMPLETE


def test_two_specs_are_checked_in_one_process() -> None:
    assert [check(TopLevel, limit=limit).states for limit in (2, 3, 2)] == [3, 4, 3]


def test_an_unknown_parameter_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="limits"):
        check(TopLevel, limits=3)


def test_walks_of_one_seed_are_the_same() -> None:
    assert simulate(TopLevel, count=3, seed=1) == simulate(TopLevel, count=3, seed=1)


def test_a_class_inside_a_function_has_no_source_to_read() -> None:
    class Local(Spec):
        pass

    with pytest.raises(UsageError, match=r"`test_a_class_.*Local` is not at the top level of a file"):
        target(Local)


def test_a_class_made_at_a_prompt_has_no_source_to_read() -> None:
    code = "from checker.entry import target\nclass Typed: pass\ntarget(Typed)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "`Typed` is not at the top level of a file" in done.stderr


def test_importing_the_package_loads_no_engine() -> None:
    code = "import sys, checker; assert 'checker.entry' not in sys.modules; assert 'checker.ir' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_an_unknown_name_is_an_attribute_error() -> None:
    code = "import checker; checker.chek"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "AttributeError: module `checker` has no attribute `chek`" in done.stderr
