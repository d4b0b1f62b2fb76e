"""What was to be reached, and the worst that was measured of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.cases import Beside
from bench.measure import BASE, FINGERPRINTS, LIVE, PROBES, TWINS
from bench.python_peers import NAMES

Found = dict[str, Any]
Measured = list[tuple[float, str]]  # a figure, and what it was measured of
OTHERS = ("SPIN, depth first", "SPIN, breadth first", "SPIN, collapsed", "Rumur")
WORKERS = "ours, 2 workers"
ONE = 1_000_000  # states from which a second worker has something to do
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Bar:
    """`limit` is the least that is demanded or, if it is one for costs, the most."""

    name: str
    limit: float
    cost: bool
    measured: Measured

    def row(self) -> list[str]:
        """Return the bar as cells: what, demanded, the worst, of what, whether it is reached."""
        demanded = f"{'≤' if self.cost else '≥'} {self.limit:g}"
        if not self.measured:
            return [self.name, demanded, "–", "", "not measured"]
        figure, of_what = (max if self.cost else min)(self.measured)
        reached = figure <= self.limit if self.cost else figure >= self.limit
        met = sum((found <= self.limit) if self.cost else (found >= self.limit) for found, _ in self.measured)
        return [self.name, demanded, f"{figure:.3g}", of_what, "yes" if reached else f"{met} of {len(self.measured)}"]


def bars(cases: Sequence[Found], cold: Measured) -> Iterable[Bar]:
    """Yield the bars, as far as `cases` and the seconds of `cold` starts say something about them."""
    narrow, wide = [case for case in cases if case["words"] == 1], [case for case in cases if 2 <= case["words"] <= 4]
    yield Bar("times SPIN's and Rumur's speed, states of one word", 10, False, _ratios(narrow, OTHERS))
    yield Bar("the same, 2 to 4 words", 5, False, _ratios(wide, OTHERS))
    yield Bar("times minicheck's and musil's speed", 100, False, _ratios(cases, NAMES))
    yield Bar("part of the rate of bare probes", 0.5, False, _ratios(cases, [PROBES]))
    large = [case for case in cases if case["states"] >= ONE]
    yield Bar("times the speed of one worker, with two", 1.6, False, _speeds(large, WORKERS))
    yield Bar("the same, in parts of what two runs at once do", 0.8, False, _together(large))
    yield Bar("structural waits, times the search", 1.5, True, _ratios(cases, ["ours, structural waits"]))
    yield Bar("complete waits, times the search", 3.5, True, _ratios(cases, ["ours, complete waits"]))
    yield Bar("liveness, times the search", 6, True, _ratios(cases, [LIVE]))
    yield Bar("bytes a state of one word", 24, True, [(case["bytes_per_state"], case["case"]) for case in narrow])
    yield Bar("memory by fingerprints, in parts of whole states", 0.5, True, _forgotten(cases))
    once = [case for case in cases if case["beside"] == Beside.ONCE.name]
    yield Bar("GiB for 10^9 states", 20, True, [(case["runs"][WORKERS][0]["rss"] / GIB, case["case"]) for case in once])
    yield Bar("growth of a transition by growth of a probe", 1.3, True, growths(cases))
    yield Bar("seconds from the shell to a verdict, below 10,000 states", 1, True, cold)


def growths(cases: Sequence[Found]) -> Measured:
    """Return by how much more a transition has become dearer than a bare probe, since the smallest pipeline."""
    costs = [(cost(case, "cpu") / cost(case, "probes_cpu"), case["case"]) for case in family(cases)]
    return [(found / costs[0][0], name) for found, name in costs[1:]]


def family(cases: Sequence[Found]) -> list[Found]:
    """Return the pipelines of one word by size, from a million states on."""
    named = [case for case in cases if case["case"].startswith("pipeline") and BASE in case["runs"]]
    return [case for case in named if case["words"] == 1 and case["states"] >= ONE]


def cost(case: Found, key: str) -> float:
    """Return nanoseconds a transition, of the fastest round."""
    return float(min(run[key] for run in case["runs"][BASE]) / case["transitions"] * 1e9)


def _ratios(cases: Iterable[Found], names: Sequence[str]) -> Measured:
    found = []
    for case in cases:
        kept = [name for name in names if name in case["ratios"]]
        found += [(case["ratios"][name]["median"], _label(case, name, names)) for name in kept]
    return found


def _label(case: Found, name: str, names: Sequence[str]) -> str:
    return f"{case['case']}: {name}" if len(names) > 1 else str(case["case"])


def _together(cases: Iterable[Found]) -> Measured:
    """Return how much two workers do of what two independent searches do beside each other."""
    ratios = [(case["ratios"], case["case"]) for case in cases if {WORKERS, TWINS} <= case["ratios"].keys()]
    return [(found[TWINS]["median"] / found[WORKERS]["median"] / 2, name) for found, name in ratios]


def _forgotten(cases: Iterable[Found]) -> Measured:
    """Return which part of the memory of whole states fingerprints take."""
    kept = [(case["runs"].get(FINGERPRINTS), case) for case in cases]
    return [(runs[0]["bytes_per_state"] / case["bytes_per_state"], case["case"]) for runs, case in kept if runs]


def _speeds(cases: Iterable[Found], name: str) -> Measured:
    return [(1 / case["ratios"][name]["median"], case["case"]) for case in cases if name in case["ratios"]]
