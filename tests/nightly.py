"""Judge many random systems: `python -m tests.nightly --systems 100000 --seed 1 --jobs 2`.

Each system is judged on its own and by number, so that `--systems`, `--jobs` and the machine do not change what is
found; `--only NUMBER` judges one of a series again. Exits with 1 if judge and analysis disagree about anything.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

from tests.support.judging import Tally, judge, make

BATCH = 100


def judged(seed: int, numbers: range, deep_every: int) -> Tally:
    """Judge the systems `numbers` of series `seed`; each `deep_every`-th in depth."""
    tally = Tally()
    for number in numbers:
        tally.add(judge(make(seed, number), f"system {seed}/{number}", deep=number % deep_every == 0))
    return tally


def _batches(systems: int) -> Iterator[range]:
    return (range(start, min(start + BATCH, systems)) for start in range(0, systems, BATCH))


def run(systems: int, seed: int, jobs: int, deep_every: int) -> Tally:
    """Judge `systems` systems in `jobs` processes, a line of progress every ten batches."""
    total = Tally()
    began = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        batches = [pool.submit(judged, seed, numbers, deep_every) for numbers in _batches(systems)]
        for done, batch in enumerate(batches, 1):
            found = batch.result()
            total.add(found)
            for disagreement in found.disagreements:
                print(disagreement, file=sys.stderr, flush=True)
            if done % 10 == 0:
                seconds = time.monotonic() - began
                print(f"{total.systems} systems, {seconds:.0f} s, {len(total.disagreements)} disagreements", flush=True)
    return total


def main() -> int:
    """Run the command; print what disagrees and how long it took."""
    parser = argparse.ArgumentParser(prog="python -m tests.nightly", description=__doc__)
    parser.add_argument("--systems", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--deep-every", type=int, default=10, help="judge every n-th system in depth")
    parser.add_argument("--only", type=int, help="judge this one system of the series, in depth")
    options = parser.parse_args()
    began = time.monotonic()
    if options.only is None:
        total = run(options.systems, options.seed, options.jobs, options.deep_every)
    else:
        total = judged(options.seed, range(options.only, options.only + 1), 1)
        print(*total.disagreements, sep="\n", file=sys.stderr)
    print(report(total, time.monotonic() - began))
    return 1 if total.disagreements else 0


def report(total: Tally, seconds: float) -> str:
    """Say what was judged, and how often what is sufficient was exact."""
    shares = ", ".join(
        f"{name} {certified / max(exact, 1):.1%}"
        for name, certified, exact in zip(("stuck", "blocked", "dead"), total.certified, total.exact, strict=True)
    )
    return "\n".join(
        (
            f"{total.systems} systems with {total.states} states judged in {seconds:.0f} s",
            f"{len(total.disagreements)} disagreements",
            f"found by certificate, of those who are exactly: {shares}",
            f"{total.questions} enabling sets asked for, {total.equal / max(total.questions, 1):.1%} exact",
            f"{total.classified} states classified twice, {total.problems} problems in them",
        )
    )


if __name__ == "__main__":
    sys.exit(main())
