"""Certificates made and checked: tied to the spec, and judged by a solver that has not found them.

Checking compiles the spec again, compares the digests of its files and of the model, makes the obligations again from
the spec's own steps and what the certificate claims (invariant, ranking, strategies), and compares them with those in
the file, letter by letter. What is left to trust: the compilation, the obligations, and the solver (cvc5).
"""

from __future__ import annotations

import hashlib
import importlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import z3

from checker.diagnostics import UsageError
from checker.frontend.load import compiled
from checker.frontend.settings import setting_text
from checker.info import shown_path
from checker.ir.nodes import Model
from checker.ir.text import print_model
from checker.symbolic.certificate import Header, header_of, proof_of
from checker.symbolic.certificate import write as write_certificate
from checker.symbolic.claims import claims
from checker.symbolic.obligations import Obligations
from checker.symbolic.proof import Proof
from checker.symbolic.script import Script
from checker.symbolic.system import System, translate


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a certificate: `refused` says why it proves nothing, `claims` what it proves."""

    header: Header
    refused: tuple[str, ...]
    claims: tuple[str, ...]  # names of properties, `deadlock` and `orphan` among them
    obligations: int
    solver: str
    seconds: float


def make(system: System, proof: Proof, *, spec: str, sources: Mapping[str, str]) -> str:
    """Return the certificate of `proof`, about `spec` at the model's parameters, compiled from the files `sources`."""
    model = system.model
    header = Header(
        spec,
        {name: setting_text(value) for name, value in model.params},
        _shown(sources),
        _digest(model),
        _writer(),
        proof.safe,
        proof.properties,
        proof.strategies,
    )
    return write_certificate(header, system, proof)


def check(text: str) -> Checked:
    """Check a certificate. Raises UsageError if it is none or cvc5 is missing, SpecError if the spec is wrong now."""
    solver = _cvc5()
    header = header_of(text)
    model, sources = compiled(header.spec, header.settings, unbounded=True)
    start, count, found = time.monotonic(), 0, tuple[str, ...]()
    refused = list(_untied(header, model, sources))
    if not refused:  # of another spec, its terms may be about scalars that are not there
        system = translate(model)
        proof = proof_of(text, header, system)
        script = Obligations(system, proof).write()
        count, again = len(script.obligations), script.text()
        if text.partition("\n")[2].partition("\n")[2] != again:
            refused.append("its obligations are not those of the spec, its invariant and its ranking")
        else:
            refused += _judged(solver, script, again)
        found = () if refused else claims(model, proof)
    version = f"cvc5 {solver.__version__}"
    return Checked(header, tuple(refused), found, count, version, time.monotonic() - start)


def _untied(header: Header, model: Model, sources: Mapping[str, str]) -> Iterator[str]:
    """Yield why a certificate is not about the spec as it is now."""
    shown = _shown(sources)
    for name in sorted({*shown, *header.sources}):
        if shown.get(name) != header.sources.get(name):
            yield f"{name} is not the file it was made from"
    if {name: setting_text(value) for name, value in model.params} != header.settings:
        yield "its parameters are not all of the spec's"
    if _digest(model) != header.model:
        yield "the spec compiles to another model"
    if header.solver != _writer():
        yield f"it was written with {header.solver}, this is {_writer()}: prove it again"


def _judged(cvc5: Any, script: Script, text: str) -> list[str]:
    """Return which obligations cvc5 does not find unsatisfiable."""
    manager = cvc5.TermManager()
    solver = cvc5.Solver(manager)
    solver.setOption("incremental", "true")
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "certificate")
    symbols, answers = parser.getSymbolManager(), []
    while not (command := parser.nextCommand()).isNull():
        answer = command.invoke(solver, symbols).strip()
        if answer:
            answers.append(answer)
    if len(answers) != len(script.obligations):
        return [f"cvc5 gave {len(answers)} answers to {len(script.obligations)} obligations: {answers[-1:]}"]
    pairs = zip(script.obligations, answers, strict=True)
    return [f"{item.name}: {item.says}: cvc5 says {answer}" for item, answer in pairs if answer != "unsat"]


def _cvc5() -> Any:
    try:
        return importlib.import_module("cvc5")
    except ModuleNotFoundError as missing:
        raise UsageError("checking a certificate needs cvc5: pip install 'knotcheck[certificate]'") from missing


def _writer() -> str:
    return f"z3 {z3.get_version_string()}"


def _digest(model: Model) -> str:
    return hashlib.sha256(print_model(model).encode()).hexdigest()


def _shown(sources: Mapping[str, str]) -> dict[str, str]:
    return {shown_path(Path(path)): digest for path, digest in sources.items() if digest}
