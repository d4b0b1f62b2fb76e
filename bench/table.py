"""The tables of the results in `docs/performance.md`."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.bars import bars, cost, family, growths
from bench.cases import Beside
from bench.measure import BASE, FINGERPRINTS, LIVE, PROBES, TEXT, TWINS
from bench.python_peers import NAMES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
RESULTS = Path(__file__).resolve().parent / "results.json"
COLD = Path(__file__).resolve().parent / "cold.json"
PROFILE = Path(__file__).resolve().parent / "profile.json"
LEAST = 5_000_000  # states from which the memory of a process says something about a state
FULL = ("SPIN, depth first", "SPIN, breadth first", "SPIN, collapsed", "Rumur")
REDUCED = "SPIN, partial order"
NONE = "–"

Found = dict[str, Any]  # the results of one case, as they are in `results.json`


def page() -> str:
    """Return the page, with the tables of `results.json` between their marks."""
    text, cases = PAGE.read_text(encoding="utf-8"), kept()
    for name, table in TABLES.items():
        begin, end = f"<!-- begin: {name} -->", f"<!-- end: {name} -->"
        head, rest = text.split(begin)
        text = f"{head}{begin}\n{table(cases)}\n{end}{rest.split(end)[1]}"
    return text


def kept() -> list[Found]:
    """Return the results there are."""
    return list(json.loads(RESULTS.read_text(encoding="utf-8"))["cases"]) if RESULTS.exists() else []


def machines(cases: list[Found]) -> str:
    """Return on what the cases were measured."""
    groups: dict[str, list[Found]] = {}
    for case in cases:
        machine = case["machine"]
        where = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}"
        groups.setdefault(f"{where}, {_rounds(case['rounds'])}", []).append(case)
    lines = []
    for where, group in groups.items():
        loads = [case["machine"]["load"] for case in group]
        names = "; ".join(case["case"] for case in group)
        lines.append(f"- {where}, load of the machine {min(loads)} to {max(loads)}: {names}.")
    return "\n".join(lines)


def speed(cases: list[Found]) -> str:
    """Return our speed without waits, and how many times as long the others take."""
    head = ["model", "states", "transitions", "words", "ns a transition", "bare probes", *FULL]
    rows = []
    for case in _beside(cases):
        sizes = [case["case"], f"{case['states']:,}", f"{case['transitions']:,}", str(case["words"])]
        step = statistics.median(_steps(case, "cpu"))
        rows.append([*sizes, f"{step:.0f}", _share(case["ratios"][PROBES]), *(_times(case, name) for name in FULL)])
    return _table(head, rows)


def ours(cases: list[Found]) -> str:
    """Return what a second worker gives and what the analysis of waits and liveness cost."""
    names = ["ours, structural waits", "ours, complete waits", "ours, complete waits, 2 workers", LIVE]
    waits = ["structural waits", "complete waits", "complete, two workers"]
    head = ["model", "two workers", "two runs at once", *waits, "liveness"]
    rows = []
    for case in _beside(cases):
        workers = _inverse(case["ratios"].get("ours, 2 workers"))
        twins = _inverse(case["ratios"].get(TWINS))
        rows.append([case["case"], workers, twins, *(_spread(case["ratios"].get(name)) for name in names)])
    return _table(head, rows)


def reduction(cases: list[Found]) -> str:
    """Return what SPIN's partial order reduction saves: states, and how many times our time its search takes."""
    rows = []
    for case in _beside(cases):
        if REDUCED in case["runs"]:
            states = case["runs"][REDUCED][0]["states"]
            rows.append([case["case"], f"{case['states']:,}", f"{states:,}", _times(case, REDUCED)])
    return _table(["model", "states", "reduced", "time"], rows)


def memory(cases: list[Found]) -> str:
    """Return bytes a state: our table and states, and what the processes had at most."""
    own = (BASE, "ours, complete waits", LIVE)
    head = ["model", "our table and states", "process: ours", "complete waits", "liveness", *FULL]
    rows = []
    for case in _beside(cases):
        names = (*own, *FULL) if case["states"] >= LEAST else ()
        whole = [_bytes(case, name) for name in names] or [NONE] * len(own + FULL)
        rows.append([case["case"], f"{case['bytes_per_state']:.1f}", *whole])
    return _table(head, rows)


def fingerprints(cases: list[Found]) -> str:
    """Return what fingerprints save: bytes a state and time; and how probable it is that they missed states."""
    rows = []
    for case in cases:
        if runs := case["runs"].get(FINGERPRINTS):
            each = f"{case['bytes_per_state']:.1f}", f"{runs[0]['bytes_per_state']:.1f}"
            ratio = case["ratios"].get(FINGERPRINTS)
            rows.append([case["case"], str(case["words"]), *each, _spread(ratio), f"{runs[0]['missed']:.1g}"])
    return _table(["model", "words", "whole states", "fingerprints", "time", "probability"], rows)


def whole(cases: list[Found]) -> str:
    """Return seconds from nothing to the result, compiling included: the first time, and again."""
    head = ["model", "ours: compile", "ours: whole", "again: compile", "again: whole"]
    names = [name for name in FULL if name != "SPIN, collapsed"]
    rows = []
    for case in _beside(cases):
        runs = case["runs"][BASE]
        cells = [_seconds(runs[place][key]) for place in (0, -1) for key in ("compile", "whole")]
        if len(runs) == 1:
            cells[2:] = [NONE, NONE]
        for name in names:
            run = case["runs"].get(name, [None])[0]
            cells.append(f"{_seconds(run['compile'])} / {_seconds(run['whole'])}" if run else NONE)
        rows.append([case["case"], *cells])
    return _table([*head, *(f"{name}: compile / whole" for name in names)], rows)


def libraries(cases: list[Found]) -> str:
    """Return how many times our time the checkers that are Python libraries take."""
    rows = []
    for case in cases:
        if case["beside"] == Beside.LIBRARIES.name:
            ms = statistics.median(run["cpu"] for run in case["runs"][BASE]) * 1e3
            rows.append(
                [case["case"], f"{case['states']:,}", f"{ms:.1f} ms", *(_times(case, name) for name in (*NAMES, TEXT))]
            )
    return _table(["model", "states", "ours", *NAMES, TEXT], rows)


def growth(cases: list[Found]) -> str:
    """Return what a transition and a bare probe cost as the pipeline grows, and by how much more than at its least."""
    grown = {name: figure for figure, name in growths(cases)}
    rows = []
    for case in family(cases):
        costs = [f"{cost(case, key):.1f}" for key in ("cpu", "probes_cpu")]
        rows.append([case["case"], f"{case['states']:,}", *costs, f"{grown.get(case['case'], 1):.2f}"])
    return _table(["model", "states", "ns a transition", "ns a probe", "growth of one by the other"], rows)


def billion(cases: list[Found]) -> str:
    """Return what the largest case took, on two workers."""
    rows = []
    for case in cases:
        if case["beside"] == Beside.ONCE.name:
            run = case["runs"]["ours, 2 workers"][0]
            sizes = [case["case"], f"{case['states']:,}", f"{case['transitions']:,}"]
            memory = [f"{run['rss'] / (1 << 30):.1f} GiB", f"{case['bytes_per_state']:.1f}"]
            rows.append([*sizes, _seconds(run["seconds"]), *memory])
    return _table(["model", "states", "transitions", "seconds", "memory of the process", "bytes a state"], rows)


def reached(cases: list[Found]) -> str:
    """Return what was to be reached, and what is."""
    specs = json.loads(COLD.read_text(encoding="utf-8"))["specs"] if COLD.exists() else []
    runs = [(spec["spec"], name, times) for spec in specs for name, times in spec["runs"].items() if "ours" in name]
    starts = [(min(run["seconds"] for run in times), f"{spec}: {name}") for spec, name, times in runs]
    return _table(["what", "demanded", "worst", "of", "reached"], (bar.row() for bar in bars(cases, starts)))


def cold(_: list[Found]) -> str:
    """Return seconds from the shell to a verdict: on the wall, and of the processor."""
    if not COLD.exists():
        return ""
    found = json.loads(COLD.read_text(encoding="utf-8"))
    specs = found["specs"]
    names = list(dict.fromkeys(name for spec in specs for name in spec["runs"]))
    rows = [
        [spec["spec"], f"{spec['states']:,}", *(_least(spec["runs"].get(name, [])) for name in names)] for spec in specs
    ]
    head = f"{_rounds(found['rounds'])}, load of the machine {found['load']}."
    return head + "\n\n" + _table(["spec", "states", *names], rows)


def _least(runs: list[dict[str, float]]) -> str:
    return " / ".join(f"{min(run[key] for run in runs):.2f}" for key in ("seconds", "cpu")) if runs else NONE


def profile(_: list[Found]) -> str:
    """Return where the time goes, in hundredths."""
    names = {
        "expand_levels": "table and queue",
        "step": "step and conditions",
        "enlarge": "growth",
        "system": "system: new memory",
    }
    found: dict[str, dict[str, float]] = json.loads(PROFILE.read_text(encoding="utf-8")) if PROFILE.exists() else {}
    rows = [[case, *(f"{shares.get(name, 0):.0%}" for name in names)] for case, shares in found.items()]
    return _table(["model", *names.values()], rows)


TABLES: dict[str, Callable[[list[Found]], str]] = {
    "machines": machines,
    "reached": reached,
    "speed": speed,
    "ours": ours,
    "reduction": reduction,
    "memory": memory,
    "fingerprints": fingerprints,
    "whole": whole,
    "libraries": libraries,
    "growth": growth,
    "billion": billion,
    "cold": cold,
    "profile": profile,
}


def _beside(cases: list[Found]) -> Iterable[Found]:
    """Return the cases that are neither only for the libraries nor too large for one worker."""
    return (case for case in cases if case["beside"] not in (Beside.LIBRARIES.name, Beside.ONCE.name))


def _steps(case: Found, key: str) -> list[float]:
    """Return nanoseconds by transition of what our runs took."""
    return [run[key] / case["transitions"] * 1e9 for run in case["runs"][BASE]]


def _times(case: Found, name: str) -> str:
    """Return how many times our time, and say so where it is not more."""
    found = case["ratios"].get(name)
    if found is None:
        return NONE
    return f"**{_spread(found)}: faster than ours**" if found["median"] < 1 else _spread(found)


def _spread(found: dict[str, float] | None) -> str:
    """Return median and range of a ratio."""
    if found is None:
        return NONE
    middle, least, most = (_figure(found[key]) for key in ("median", "min", "max"))
    return middle if least == most else f"{middle} ({least}–{most})"


def _inverse(found: dict[str, float] | None) -> str:
    """Return how many times as fast: the inverse of a ratio of times."""
    turned = {"median": "median", "min": "max", "max": "min"}
    return _spread(found and {key: 1 / found[other] for key, other in turned.items()})


def _share(found: dict[str, float]) -> str:
    return f"{found['median']:.2f}"


def _bytes(case: Found, name: str) -> str:
    runs = case["runs"].get(name)
    return f"{max(run['rss'] for run in runs) / case['states']:.0f}" if runs else NONE


def _rounds(count: int) -> str:
    return "1 round" if count == 1 else f"{count} rounds"


def _seconds(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    return "\n".join(["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)])
