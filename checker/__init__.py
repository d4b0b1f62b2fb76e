"""Knotcheck from Python: `check(PageService, handle="weak")` returns a report, truthy only when everything holds.

Nothing is loaded until it is used: the command's start must not pay for the engine.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checker.entry import check, replay, simulate
    from checker.options import Options
    from checker.report import Report

__all__ = ["Options", "Report", "check", "replay", "simulate"]

_HOMES = {
    "Options": "checker.options",
    "Report": "checker.report",
    "check": "checker.entry",
    "replay": "checker.entry",
    "simulate": "checker.entry",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module `checker` has no attribute `{name}`")
