"""What all tests share: goldens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden from what the tests now produce"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Compare text with `tests/golden/<module>/<test>.txt`; a missing file fails, `--update-golden` writes it."""
    module = Path(str(request.node.path)).stem.removeprefix("test_")
    update = request.config.getoption("--update-golden")

    def compare(text: str, *, suffix: str = ".txt") -> None:
        path = GOLDEN / module / f"{request.node.name.removeprefix('test_')}{suffix}"
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run pytest with --update-golden and review it"
        assert text == path.read_text(encoding="utf-8")

    return compare
