"""From property results to one verdict and one exit code."""

from __future__ import annotations

from collections.abc import Sequence

from checker.engine.exploration import INTERRUPTED
from checker.report import Finding, Kind, PropertyResult, Verdict

HOLDS = 0
STUCK = 11  # deadlock, orphan or demanded progress violated
UNSAFE = 12  # invariant, action property, assertion, range, ownership; failures of --strict
STARVED = 13  # a liveness property violated
INCOMPLETE = 20
INTERRUPT = 130


def judge(
    properties: Sequence[PropertyResult],
    findings: Sequence[Finding],
    *,
    stopped_by: str,
    unmet: bool,
) -> tuple[Verdict, int]:
    """Return the verdict of a check and its exit code.

    A violation outranks incomplete, and the first finding decides the code. `unmet`: something is missing that was
    demanded (an action that never fired, a `sometimes` never met). An interrupt has its own code, whatever was found.
    A `sometimes` that is merely never met is a warning, not a violation.
    """
    errors = [found for found in findings if not found.warning]
    verdict, code = Verdict.HOLDS, HOLDS
    if errors:
        verdict, code = Verdict.VIOLATED, exit_code(errors[0].kind)
    elif unmet:
        verdict, code = Verdict.VIOLATED, UNSAFE
    elif stopped_by or any(result.verdict is Verdict.INCOMPLETE for result in properties):
        verdict, code = Verdict.INCOMPLETE, INCOMPLETE
    return verdict, INTERRUPT if stopped_by == INTERRUPTED else code


def exit_code(kind: Kind) -> int:
    """Return the exit code of a violation."""
    if kind.is_safety:
        return UNSAFE
    return STARVED if kind.is_liveness else STUCK
