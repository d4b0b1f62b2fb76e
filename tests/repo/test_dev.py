"""`./dev` says what it can do, without an environment."""

from __future__ import annotations

import subprocess

from tests.repo.tree import ROOT


def dev(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["bash", str(ROOT / "dev"), *words], capture_output=True, text=True, check=False)


def test_alone_it_lists_its_commands() -> None:
    done = dev()
    assert done.returncode == 0
    assert {line.split()[0] for line in done.stdout.splitlines()[2:]} == {
        "bench", "check", "test", "lint", "format", "docs", "nightly", "python",
    }  # fmt: skip


def test_an_unknown_command_is_a_usage_error() -> None:
    done = dev("chek", "page_service")
    assert done.returncode == 2
    assert done.stderr.startswith("dev: unknown command `chek`\n")


def test_without_a_python_that_is_new_enough_it_says_what_it_needs() -> None:
    path = "/nowhere"
    bash = subprocess.run(["bash", "-c", "command -v bash"], capture_output=True, text=True, check=True).stdout.strip()
    code = f'source <(sed "/^command=/,\\$d" {ROOT / "dev"!s} | sed "/^root=/d; /^set /d"); PATH={path}; find_python'
    done = subprocess.run([bash, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("dev: needs Python >= 3.11 with venv and pip")
