"""The table of the results in `docs/performance.md`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- begin: bench -->", "<!-- end: bench -->"


def write_table(report: dict[str, Any]) -> None:
    """Put the table of `report` between the marks of the page."""
    text = PAGE.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    tail = rest.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n{table(report)}\n{END}{tail}", encoding="utf-8")


def table(report: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    machine = report["machine"]
    where = f"{machine['processor']}, {machine['cores']} cores, Python {machine['python']}"
    lines = [
        f"{where}; load {machine['load']} at the end.",
        f"Rounds: {report['rounds']}. Times of others are multiples of ours, of processor time: median (least-most).",
        "",
    ]
    names = [name for name in report["cases"][0]["ratios"] if name not in ("ours", "bare probes")]
    head = ["model", "states", "transitions", "words", "bytes a state", "ns a transition", "bare probes", *names]
    lines += [_row(head), _row(["---"] * len(head))]
    for case in report["cases"]:
        ours = sorted(run["cpu"] for run in case["runs"]["ours"])
        middle = ours[len(ours) // 2] / case["transitions"] * 1e9
        ratios = case["ratios"]
        cells = [case["case"], f"{case['states']:,}", f"{case['transitions']:,}", str(case["words"])]
        cells += [f"{case['bytes_per_state']:.1f}", f"{middle:.0f}", _ratio(ratios["bare probes"])]
        lines.append(_row([*cells, *(_ratio(ratios[name]) for name in names)]))
    return "\n".join(lines)


def _ratio(found: dict[str, float]) -> str:
    return f"{_figure(found['median'])} ({_figure(found['min'])}-{_figure(found['max'])})"


def _figure(value: float) -> str:
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}" if value >= 2 else f"{value:.2f}"


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
