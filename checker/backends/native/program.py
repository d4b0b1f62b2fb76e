"""A model compiled: its layout, and its functions and the kernels as machine code."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from checker import cachefile
from checker.backends.native import crew, cycles, detection, fingerprints, growth, levels, passes, reduction, runtime
from checker.backends.native.compile import Compiled, Heed, Module, folder_of_code, name_of, unheeding
from checker.backends.native.emit import Emitter
from checker.backends.native.kernel import translated
from checker.backends.native.layout import Layout, layout
from checker.backends.native.situate import emit_situate
from checker.backends.native.situations import rows
from checker.interp import arms
from checker.ir.nodes import Expr, Model
from checker.packing import key_of

_Kernel = Callable[..., Any]
_SEARCH: Sequence[_Kernel] = (levels.begin, levels.expand_levels, runtime.expand_singly, runtime.fill)
_GROWTH: Sequence[_Kernel] = (growth.enlarge,)
_AFTERWARDS: Sequence[_Kernel] = (runtime.first_parent, runtime.probe)
_FINGERPRINTS: Sequence[_Kernel] = (
    runtime.rebuild,
    fingerprints.ancestors,
    fingerprints.closest,
    fingerprints.fingerprint,
)
_TEAM: Sequence[_Kernel] = (crew.serve, crew.expand_all, crew.enlarge_all)
_PASSES: Sequence[_Kernel] = (passes.by_place, passes.by_number, passes.sweep)
_CYCLES: Sequence[_Kernel] = (cycles.pending, cycles.connect, cycles.decompose, cycles.reopen, cycles.stem)
_CERTIFICATES: Sequence[_Kernel] = (reduction.look, reduction.certificates, reduction.enter)
_DETECTION: Sequence[_Kernel] = (detection.prepare, detection.propagate, detection.unanswered, detection.open_in)
_WAITS: Sequence[_Kernel] = (passes.owners_all, passes.resting_all, passes.finished_all)
_CHECKER = Path(__file__).parents[2]


class Program:
    """The functions of one model as machine code.

    `states`, `steps`, `goals` and `lives` are the conditions that `holds_states` and so on judge; with `waits`
    there are `moves`, `holds_resting` and `holds_finished`. UsageError for a model that cannot be compiled. `most` is
    how many successors a state can have, `places` how many places can fail, `arms` how many arms of `If` there are,
    `beside` is where what is learned of its waits is kept.

    `fingerprint`: states of several words are to be known by fingerprints of so many bits. There is only what searches,
    then: what is asked of the states of a search that has ended needs these states.
    """

    def __init__(
        self,
        model: Model,
        states: Sequence[Expr] = (),
        steps: Sequence[Expr] = (),
        *,
        waits: bool = False,
        goals: Sequence[Expr] = (),
        lives: Sequence[Expr] = (),
        fingerprint: int = 0,
        folder: Path | None = None,
        heed: Heed = unheeding,
    ) -> None:
        self.model = model
        self.layout = layout(model)
        self.fingerprint = fingerprint if self.layout.words > 1 else 0
        given_ = {"states": states, "steps": steps, "goals": goals, "lives": lives}
        self._conditions = {name: tuple(exprs) for name, exprs in given_.items()}
        self._waits = waits
        self.rows = rows(model, self.layout) if waits else ()
        given = geometry(self.layout, look=bool(states), watch=bool(steps), fingerprint=self.fingerprint)
        asking = given | detection.widths(len(model.actors))
        content = key_of((model, self._conditions, self.rows))
        functions = Module(key=content, exports=(), make=self._functions)
        kernels = [_kernels(group, asking if group is _DETECTION else given) for group in self._groups()]
        self._compiled = Compiled(functions, *kernels, folder=folder, heed=heed)
        self.fresh = self._compiled.fresh
        self.beside = folder_of_code(folder)
        if waits:
            self.beside /= f"{name_of(content, _analysis())}.situations"
        self.most = self._compiled.facts["most"]
        self.places = self._compiled.facts["places"]
        self.arms = sum(1 for _ in arms(model))

    def _groups(self) -> Iterator[Sequence[_Kernel]]:
        """Yield the kernels that are compiled as one."""
        yield [*_SEARCH, *_GROWTH, *([runtime.inspect] if self._conditions["states"] else [])]
        if self._waits:
            yield _CERTIFICATES
        if self.fingerprint:
            yield _FINGERPRINTS
            return
        yield from (_AFTERWARDS, _TEAM)
        if self._waits or self._conditions["goals"]:
            goals = [passes.goals_all] if self._conditions["goals"] else []
            yield [*_PASSES, *goals, *(_WAITS if self._waits else [])]
        if self._conditions["lives"]:
            yield _CYCLES
        if self._waits:
            yield _DETECTION

    def _functions(self) -> tuple[str, Mapping[str, int]]:
        """Return the model's functions as text."""
        emitter = Emitter(self.model, self.layout)
        emitter.step()
        for name, conditions in self._conditions.items():
            if conditions:
                emitter.holds(name, conditions)
        if self._waits:
            emit_situate(emitter.module, self.rows, self.layout.words)
            emitter.moves()
            emitter.holds("resting", [actor.resting for actor in self.model.actors])
            emitter.holds("finished", [actor.finished for actor in self.model.actors])
        return str(emitter.module), {"most": emitter.most, "places": emitter.places}

    def keep(self, data: bytes) -> None:
        """Keep what has been learned of the model's waits, for another run."""
        cachefile.keep(self.beside, data)

    def kept(self) -> bytes | None:
        """Return what another run kept, None if there is nothing."""
        return cachefile.kept(self.beside)

    def call(self, kernel: _Kernel, *args: int) -> int:
        """Call a kernel as machine code; other threads run meanwhile."""
        address = self._compiled.address(kernel.__name__)
        function = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * len(args))(address)
        return int(function(*args))


def _analysis() -> Sequence[Path]:
    """Return the sources on which it depends what a situation is, beside those of this package."""
    folders = _CHECKER / "waits", _CHECKER / "backends" / "text"
    found = sorted(path for folder in folders for path in folder.glob("*.py"))
    return [*found, _CHECKER / "interp.py", _CHECKER / "engine" / "native_situations.py"]


def _kernels(kernels: Sequence[_Kernel], given: Mapping[str, int]) -> Module:
    """Return kernels as a module; it is the same for all models whose states have as many words."""

    def make() -> tuple[str, Mapping[str, int]]:
        return translated(kernels, given), {}

    names = [kernel.__name__ for kernel in kernels]
    return Module(key=repr((names, sorted(given.items()))).encode(), exports=names, make=make)


def geometry(layout: Layout, *, look: bool, watch: bool, fingerprint: int = 0) -> dict[str, int]:
    """Return the constants of `runtime` for states so packed."""
    return {
        "K": layout.words,
        "INDEXED": int(layout.words > 1 and not fingerprint),
        "LOOK": int(look),
        "WATCH": int(watch),
        "FINGERPRINT": fingerprint,
        "ORIGINS": int(watch or fingerprint > 0),
        "SLEEP": int(not watch),
    }
