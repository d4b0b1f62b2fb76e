"""Certificates: a proof as a script of SMT-LIB that says what it is about.

The first line is `; knotcheck certificate 1`, the second `; ` and a JSON object (`Header`); the rest is the script of
the proof's obligations (`script`), which any solver reads: each `(check-sat)` must answer `unsat`. Lemmas and ranks
are the definitions `|lemma n|` and `|rank n|`, what they say in words is the comment before each.

Reading takes from a certificate only the header, the lemmas and the ranks; whoever checks it makes the script again
from the spec and compares. A lemma or rank is one term over the scalars of the state: nothing else parses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from checker.diagnostics import UsageError
from checker.symbolic.obligations import Obligations
from checker.symbolic.proof import LEVELS, Lemma, Proof, Rank, Strategy
from checker.symbolic.system import NoTerm, System

FIRST = "; knotcheck certificate 1"
LEMMA = re.compile(r"\(define-fun \|lemma (\d+)\| \(\) Bool (.*)\)")
RANK = re.compile(r"\(define-fun \|rank (\d+)\| \(\) Int (.*)\)")


class Unreadable(UsageError):
    """The file is no certificate."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a certificate is about: a spec, its parameters, and the files and the model these were compiled to."""

    spec: str
    settings: Mapping[str, str]
    sources: Mapping[str, str]  # file → SHA-256
    model: str  # SHA-256 of the model as text
    solver: str  # which wrote the terms: another version may write them otherwise
    safe: bool
    properties: tuple[str, ...]
    strategies: tuple[Strategy, ...]


def write(header: Header, system: System, proof: Proof) -> str:
    """Return the certificate of a proof."""
    script = Obligations(system, proof).write().text()
    return f"{FIRST}\n; {json.dumps(asdict(header), sort_keys=True, ensure_ascii=False)}\n{script}"


def header_of(text: str) -> Header:
    """Return the header of a certificate; Unreadable if it has none."""
    first, _, rest = text.partition("\n")
    line = rest.partition("\n")[0]
    if first != FIRST or not line.startswith("; "):
        raise Unreadable(f"this is no certificate: its first line is not `{FIRST}`")
    try:
        return _header(json.loads(line[2:]))
    except (ValueError, KeyError, TypeError) as error:
        raise Unreadable(f"the certificate's second line is no header: {error}") from None


def _header(data: Any) -> Header:
    strategies = tuple(
        Strategy(
            str(item["level"]),
            tuple(map(int, item["ranking"])),
            tuple(map(str, item["actors"])),
        )
        for item in data["strategies"]
    )
    texts = {name: {str(k): str(v) for k, v in data[name].items()} for name in ("settings", "sources")}
    names = (str(data[name]) for name in ("spec", "model", "solver"))
    spec, model, solver = names
    return Header(
        spec,
        texts["settings"],
        texts["sources"],
        model,
        solver,
        data["safe"] is True,
        tuple(map(str, data["properties"])),
        strategies,
    )


def proof_of(text: str, header: Header, system: System) -> Proof:
    """Return the proof a certificate holds, its terms over the scalars of `system`; Unreadable if they are none."""
    lemmas = tuple(Lemma((), says, (), body) for says, body in _found(text, LEMMA))
    ranks = tuple(Rank(says, body) for says, body in _found(text, RANK))
    try:
        for lemma in lemmas:
            system.parse(lemma.smt)
        for rank in ranks:
            system.parse(rank.smt, number=True)
    except NoTerm as error:
        raise Unreadable(str(error)) from None
    if any(strategy.level not in LEVELS for strategy in header.strategies):
        raise Unreadable(f"a strategy is of no level: {', '.join(LEVELS)}")
    if any(not 0 <= place < len(ranks) for strategy in header.strategies for place in strategy.ranking):
        raise Unreadable("a strategy has a rank that is not there")
    return Proof(lemmas, header.safe, header.properties, ranks, header.strategies)


def _found(text: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield what each definition says in words, and its meaning."""
    before = ""
    for line in text.splitlines():
        match = pattern.fullmatch(line)
        if match:
            yield before.removeprefix("; ") if before.startswith("; ") else "", match[2]
        before = line
