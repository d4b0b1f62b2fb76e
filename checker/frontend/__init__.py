"""From spec source to a model: `load` for engines, `describe` and `catalogue` for people."""

from __future__ import annotations

from checker.frontend.load import (
    ExpectedRow,
    ParamInfo,
    SpecInfo,
    catalogue,
    compile_expression,
    describe,
    load,
    pass_names,
    update_expected,
)

__all__ = [
    "ExpectedRow",
    "ParamInfo",
    "SpecInfo",
    "catalogue",
    "compile_expression",
    "describe",
    "load",
    "pass_names",
    "update_expected",
]
