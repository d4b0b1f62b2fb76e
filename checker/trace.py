"""A trace is a list of choices: an initial state and one label a step. States come from replay."""

from __future__ import annotations

from dataclasses import dataclass

from checker.machine import Label


@dataclass(frozen=True, slots=True, order=True)
class Trace:
    """Ordered by simplicity only among traces of one length: initial state, then labels."""

    init: int
    steps: tuple[Label, ...]

    def __str__(self) -> str:
        """Encode: `0/12/7.1/3` is initial state 0, action 12, action 7 with choice 1, action 3."""
        return "/".join([str(self.init), *(".".join(map(str, (step.action, *step.choices))) for step in self.steps)])

    @classmethod
    def parse(cls, text: str) -> Trace:
        """Decode what `__str__` encodes; ValueError on anything else."""
        head, *rest = text.strip().split("/")
        steps = []
        for part in rest:
            action, *choices = (int(number) for number in part.split("."))
            steps.append(Label(action, tuple(choices)))
        return cls(int(head), tuple(steps))
