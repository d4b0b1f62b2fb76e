"""Imports go one way."""

from __future__ import annotations

import networkx

from tests.repo.tree import Import, imports

# Package or module -> what of ours it may import. The longest prefix decides; a package may always import itself.
# Lower rows build on higher ones.
LAYERS: dict[str, tuple[str, ...]] = {
    "model": (),
    "specs": ("model",),
    "checker.loc": (),
    "checker.diagnostics": ("checker.loc",),
    "checker.ir": ("checker.loc", "checker.diagnostics"),
    "checker.catalogue": (),
    "checker.cachefile": (),
    "checker.packing": (),
    "checker.info": ("checker.loc",),
    "checker.machine": ("checker.ir", "checker.loc"),
    "checker.trace": ("checker.machine",),
    "checker.reading": ("checker.ir", "checker.machine"),
    "checker.report": ("checker.ir", "checker.loc", "checker.reading", "checker.trace"),
    "checker.interp": ("checker.ir", "checker.loc", "checker.diagnostics", "checker.machine"),
    "checker.ir.build": (  # folds constants as the interpreter would
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.machine",
        "checker.interp",
    ),
    "checker.frontend": (
        "checker.info",
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.catalogue",
        "checker.machine",
        "checker.interp",
        "checker.passes",
    ),
    "checker.passes": ("checker.ir", "checker.loc", "checker.diagnostics", "checker.machine", "checker.interp"),
    "checker.backends": (
        "checker.cachefile",
        "checker.packing",
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.machine",
        "checker.interp",
    ),
    "checker.export": ("checker.ir", "checker.loc", "checker.diagnostics"),
    "checker.options": ("checker.diagnostics",),
    "checker.engine.exploration": ("checker.ir", "checker.machine", "checker.trace"),  # what a search found, as data
    "checker.waits": (
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.machine",
        "checker.interp",
        "checker.trace",
        "checker.reading",
        "checker.report",
        "checker.engine.exploration",
    ),
    "checker.liveness": (
        "checker.backends",
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.machine",
        "checker.interp",
        "checker.trace",
        "checker.report",
        "checker.engine",
        "checker.waits",
        "checker.backends",
    ),
    "checker.engine": (
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.machine",
        "checker.trace",
        "checker.reading",
        "checker.report",
        "checker.interp",
        "checker.backends",
        "checker.options",
        "checker.engine.exploration",
        "checker.waits",
    ),
    "checker.symbolic": (
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.machine",
        "checker.interp",
        "checker.trace",
        "checker.passes",
        "checker.backends",
        "checker.engine",
    ),
    "checker.render": (
        "checker.ir",
        "checker.loc",
        "checker.diagnostics",
        "checker.catalogue",
        "checker.machine",
        "checker.trace",
        "checker.reading",
        "checker.report",
    ),
    "checker": ("checker",),  # the API, the command and what belongs to them
    "docs": ("checker", "model", "specs", "bench"),
    "bench": ("checker", "model", "specs"),
    "tests": ("checker", "model", "specs", "docs", "bench"),
}
SLOW = (
    "graphviz",
    "itf_py",
    "llvmlite",
    "networkx",
    "numpy",
    "pygraphviz",
    "rich",
    "z3",
)  # loaded when they are needed
OURS = ("model", "specs", "checker", "docs", "tests", "bench")


def layer(module: str) -> str:
    """Return the row that a module belongs to; KeyError for a module without one."""
    rows = [row for row in LAYERS if module == row or module.startswith(row + ".")]
    if not rows:
        raise KeyError(module)
    return max(rows, key=len)


def test_imports_go_down_the_layers_only() -> None:
    wrong = []
    for found in imports():
        if found.target.split(".")[0] not in OURS:
            continue
        own, target = layer(found.source.name), layer(found.target)
        if target != own and not any(target == row or target.startswith(row + ".") for row in LAYERS[own]):
            wrong.append(f"{found.source.shown}:{found.line}: {own} must not import {found.target}")
    assert not wrong, "\n".join(wrong)


def test_modules_import_each_other_in_no_cycle() -> None:
    graph = networkx.DiGraph((found.source.name, found.target) for found in imports())
    graph.remove_edges_from(list(networkx.selfloop_edges(graph)))
    assert [sorted(part) for part in networkx.strongly_connected_components(graph) if len(part) > 1] == []


def is_lazy_load(found: Import) -> bool:
    """Slow libraries anywhere; modules of ours only in the command, whose start must not load what it may not need."""
    return found.target.split(".")[0] in SLOW or found.source.name.startswith("checker.cli")


def test_imports_inside_functions_are_lazy_loads_of_slow_libraries() -> None:
    wrong = [
        f"{found.source.shown}:{found.line}: import {found.target} at the top of the module"
        for found in imports()
        if found.deep and not is_lazy_load(found)
    ]
    assert not wrong, "\n".join(wrong)
