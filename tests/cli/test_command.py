"""The command: what goes where, which exit code, and that a mistake never shows a traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from pathlib import Path

import pytest

from checker.cli import run
from checker.diagnostics import Diagnostic, InternalError, SpecError, UsageError
from checker.flags import flags
from checker.info import ROOT
from checker.ir.nodes import Model
from checker.loc import Loc
from checker.options import Options
from checker.report import PropertyResult, Report, Verdict
from tests.render.samples import SAMPLES, deadlock, holds


class Fakes:
    """Stands for front end and engine: remembers what it was asked, answers with `report`."""

    def __init__(self) -> None:
        self.report: Report = deadlock()
        self.failure: BaseException | None = None
        self.settings: Mapping[str, str] = {}
        self.options = Options()

    def load(self, target: str, settings: Mapping[str, str], *, dump_after: str | None = None) -> Model:
        self.settings = settings
        if self.failure is not None:
            raise self.failure
        return self.report.model

    def check_model(self, model: Model, *, options: Options, progress: object = None, verified: bool = False) -> Report:
        self.options = options
        return self.report


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fakes:
    made = Fakes()
    monkeypatch.setattr("checker.cli.checking.load", made.load)
    monkeypatch.setattr("checker.cli.checking.check_model", made.check_model)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.mark.parametrize(("made", "mark"), [(holds, "ok HOLDS"), (deadlock, "x VIOLATED")])
def test_a_verdict_keeps_its_mark_where_only_ascii_can_be_written(
    made: Callable[[], Report], mark: str, fakes: Fakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes.report = made()
    written = io.BytesIO()
    with io.TextIOWrapper(written, encoding="ascii") as stream:
        monkeypatch.setattr("sys.stdout", stream)
        run(["page_service", "--no-pictures"])
        stream.flush()
        assert written.getvalue().decode("ascii").splitlines()[-1].startswith(mark)


@pytest.mark.parametrize("name", SAMPLES)
def test_exit_code_is_the_reports(name: str, fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    fakes.report = SAMPLES[name]()
    assert run(["page_service", "--no-pictures"]) == fakes.report.exit_code
    assert f"(exit {fakes.report.exit_code})" in capsys.readouterr().out.splitlines()[-1]


@pytest.mark.parametrize(
    "arguments", [["page_service", "--set", "a=b=c"], ["--set", "a=b=c", "check"], ["check", "check"]]
)
def test_default_command_needs_no_name(arguments: list[str], fakes: Fakes) -> None:
    # A first word that names a command is that command; options may come first.
    assert run([*arguments, "-q"]) == 11
    assert fakes.settings == ({"a": "b=c"} if "--set" in arguments else {})


def test_options_reach_the_engine(fakes: Fakes) -> None:
    words = "x --all --property p --waits structural --oblige a --free b --strict --max-states 7 --max-memory 1.5G -q"
    run(words.split())
    assert fakes.options == Options(
        go_on=True,
        properties=("p",),
        waits="structural",
        oblige=("a",),
        free=("b",),
        strict=True,
        max_states=7,
        max_memory=3 * 2**29,
    )


def test_line_to_reproduce_gives_every_option_that_is_not_at_its_default(fakes: Fakes) -> None:
    options = Options(
        waits="structural",
        properties=("p", "q"),
        witness="w",
        oblige=("a",),
        free=("b", "c"),
        go_on=True,
        strict=True,
        max_states=7,
        max_depth=8,
        max_seconds=0.5,
        max_memory=3 * 2**29,
        engine="native",
        workers=2,
    )
    fingerprint = Options(fingerprint=True, seed=3)  # only by one worker of the native engine
    for option in fields(Options):
        assert {getattr(each, option.name) for each in (options, fingerprint)} != {option.default}
    fakes.report = replace(holds(), properties=(PropertyResult("w", "sometimes", Verdict.HOLDS),))
    for given in (options, fingerprint):
        run(["x", "-q", *flags(given)])
        assert fakes.options == given
    assert flags(Options()) == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("x --bogus", "No such option"),
        ("x --set novalue", "write --set name=value"),
        ("x --set a=1 --set a=2", "--set a is given twice: 1 and 2"),
        ("x --max-memory much", "512M or 8G"),
        ("x --max-memory 4", "less than a megabyte; give a unit"),
        ("x --max-states 0", "0 is not in the range"),
        ("x --waits some", "'some' is not one of"),
        ("x --pictures d --no-pictures", "exclude each other"),
        ("x y", "unexpected extra argument"),
        ("replay x", "Missing option '--trace'"),
    ],
)
def test_usage_errors(words: str, said: str, fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(words.split()) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("exptected", "no command and no spec `exptected`; did you mean `check expected`?"),
        ("exptected mine", "did you mean `check expected`?"),
        ("help", "did you mean `check --help`?"),
        ("conter", "no spec named `conter`; did you mean `counter`?"),
        ("mine", "no spec named `mine` in the catalogue; did you mean the file `mine.py`?"),
        ("mine:Two", "did you mean the file `mine.py:Two`?"),
        ("expect", "did you mean the file `expect.py`?"),
        ("mien.py", "no such file: mien.py; did you mean `mine.py`?"),
        ("folder/", "folder is a folder, give a file in it; did you mean `folder/spec.py`?"),
        ("mine.py:Tow", "no spec `Tow` in mine.py; did you mean `Two`? There are: One, Two"),
        ("mine.py:Two --set sizze=3", "no parameter named `sizze`; did you mean `size`? There are: size"),
        ("mine.py:Two --property smal", "no property `smal`; did you mean `small`? There are: deadlock, orphan, small"),
        ("mine.py:Two --oblige tiker", "There are: ticker[0], ticker[1]"),
        ("mine.py:Two --oblige ticker --free ticker[1]", "actor `ticker[1]` is both obliged and freed"),
        ("show mine.py:Two --dump-after elab", "no pass `elab`; did you mean `elaborate`? There are: elaborate, "),
    ],
)
def test_wrong_names_are_answered_with_what_may_be_meant(
    words: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(TWO_SPECS, encoding="utf-8")
    Path("expect.py").write_text(TWO_SPECS, encoding="utf-8")
    Path("folder").mkdir()
    Path("folder/spec.py").write_text(TWO_SPECS, encoding="utf-8")
    assert run(words.split()) == 2
    assert said in capsys.readouterr().err


TWO_SPECS = """
from model import Int, Spec, invariant, param, step, task


class One(Spec):
    pass


class Two(Spec):
    size = param(Int(1, 2), default=1)
    Ticker = Int(0, 1)
    n = Int(0, 2)

    @task(over=Ticker)
    async def ticker(self, me):
        await step()
        self.n = self.size

    @invariant
    def small(self):
        return self.n < 3
"""


@pytest.mark.parametrize(
    ("failure", "code", "said"),
    [
        (UsageError("no spec `nope`"), 2, "error: no spec `nope`"),
        (SpecError((Diagnostic("K021", "unknown", Loc("x.py", 3)),)), 150, "x.py:3:1: K021 unknown"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (InternalError("replay diverges"), 255, "please report it"),
        (ZeroDivisionError("oops"), 255, "please report it"),
    ],
)
def test_failures(
    failure: BaseException, code: int, said: str, fakes: Fakes, capsys: pytest.CaptureFixture[str]
) -> None:
    fakes.failure = failure
    assert run(["x"]) == code
    captured = capsys.readouterr()
    assert said in captured.err
    assert "Traceback" not in captured.err
    assert captured.out == ""


def test_our_bug_leaves_its_traceback_in_a_file(
    fakes: Fakes, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fakes.failure = ZeroDivisionError("oops")
    run(["x"])
    (path,) = tmp_path.glob("knotcheck-*.txt")
    assert "ZeroDivisionError: oops" in path.read_text(encoding="utf-8")
    assert str(path) in capsys.readouterr().err


def test_violation_leaves_pictures_in_the_default_folder(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    run(["page_service"])
    folder = Path("knotcheck-out/page_service")
    assert sorted(os.listdir(folder)) == ["counterexample.svg", "trace.itf.json", "wait-for.svg"]
    assert "counterexample.svg, wait-for.svg, trace.itf.json in knotcheck-out/page_service" in capsys.readouterr().out


@pytest.mark.parametrize("words", ["x -q", "x --no-pictures"])
def test_quiet_leaves_nothing(words: str, fakes: Fakes) -> None:
    run(words.split())
    assert list(Path().iterdir()) == []


def test_holds_leaves_nothing(fakes: Fakes) -> None:
    fakes.report = holds()
    assert run(["x"]) == 0
    assert list(Path().iterdir()) == []


def test_files_go_where_they_are_asked_for(fakes: Fakes) -> None:
    words = "sub/two.py:Name --json r.json --itf t.itf.json --dot w.dot --pictures p --png -q"
    run(words.split())
    assert sorted(os.listdir()) == ["p", "r.json", "t.itf.json", "w.dot"]
    assert sorted(os.listdir("p")) == ["counterexample.png", "counterexample.svg", "wait-for.png", "wait-for.svg"]
    assert json.loads(Path("r.json").read_text(encoding="utf-8"))["spec"] == "sub/two.py:Name"


def test_json_on_standard_output_is_nothing_else(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    run(["x", "--json", "-", "--no-pictures"])
    captured = capsys.readouterr()
    assert json.loads(captured.out)["exit_code"] == 11
    assert captured.err == "✗ VIOLATED: deadlock (exit 11)\n"


def test_unwritable_files_are_usage_errors(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").touch()
    assert run(["x", "--pictures", "file/p"]) == 2
    assert run(["x", "--json", "missing/r.json"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_unwritable_default_folder_costs_the_pictures_only(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    Path("knotcheck-out").touch()
    assert run(["x"]) == 11
    assert "no pictures" in capsys.readouterr().err


def test_witness_prints_its_trace(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    met = holds()
    fakes.report = replace(met, properties=met.properties[-1:], complete=False)
    assert run(["x", "--witness", "hung_before_fix"]) == 0
    out = capsys.readouterr().out
    assert "timeline_shutdown.cancel" in out
    assert "search ended at the first state that meets `hung_before_fix`\n" in out
    assert "not complete" not in out
    assert out.splitlines()[-1] == "✓ sometimes `hung_before_fix`: met in 25 steps (exit 0)"


def test_quiet_witness_speaks_of_what_was_looked_for(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    fakes.report = replace(holds(), complete=False)
    assert run(["x", "-q", "--witness", "hung_before_fix"]) == 0
    assert capsys.readouterr().out == "✓ sometimes `hung_before_fix`: met in 25 steps (exit 0)\n"


def test_interrupted_search_reports_what_it_found(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    fakes.report = replace(holds(), verdict=Verdict.INCOMPLETE, exit_code=130, complete=False, stopped_by="interrupted")
    assert run(["x"]) == 130
    assert "search not complete: stopped by interrupted" not in capsys.readouterr().out


def test_no_colour_in_a_pipe(fakes: Fakes, capsys: pytest.CaptureFixture[str]) -> None:
    run(["x", "--no-pictures"])
    assert "\x1b[" not in capsys.readouterr().out


def test_help_names_every_command_and_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    out = capsys.readouterr().out
    for word in ("list", "expected", "show", "replay", "simulate", "graph", "--set", "--witness", "--json"):
        assert word in out


NOTHING = "from model import Int, Spec\n\n\nclass Nothing(Spec):\n    n = Int(0, 3)\n"


def test_that_nothing_happens_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "nothing.py"
    path.write_text(NOTHING, encoding="utf-8")
    assert run([str(path), "--no-pictures"]) == 0
    assert "warning: nothing ever happens: the spec has no task and no action" in capsys.readouterr().out
    assert run([str(path), "--no-pictures", "--strict"]) == 12
    assert run([str(path), "--no-pictures", "--engine", "native"]) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(("redirection", "code"), [(">/dev/full", 2), (">&-", 0)])
def test_output_that_cannot_be_written_is_no_bug(redirection: str, code: int) -> None:
    line = f'"{sys.executable}" -m checker show counter {redirection}'
    done = subprocess.run(["sh", "-c", line], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == code
    assert done.stderr == ("error: cannot write the output: No space left on device\n" if code else "")
