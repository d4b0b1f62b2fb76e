"""From spec source to a model: `load` for engines, `describe` for people."""

from __future__ import annotations

from checker.frontend.load import compile_expression, describe, load, pass_names, update_expected

__all__ = ["compile_expression", "describe", "load", "pass_names", "update_expected"]
