"""How often a rollout's gate is wrong: simulated rollouts at the default limits.

    python -m bench.rollouts [RUNS]

Each runs the real job on fakes with a clock of their own: callers whose requests arrive at random,
1 % errors, log-normal latencies; a metric a minute, three minutes late.
"""

import sys
from collections import Counter
from statistics import median

from tests.fakes.rollouts import CANARY, LINEAR, MIRROR, VERSIONS, Played, play

RATES = (5, 50, 500)
_RUNS = 200


def rates(runs: int) -> None:
    """Print how often each version is sent back, let through, or gets no verdict."""
    print(f"A canary at 10 % for 15 minutes, {runs} runs each, seeds 0 to {runs - 1}")
    print("| version | requests a minute | let through | sent back | no verdict | minutes |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, behaviour in VERSIONS.items():
        for rate in RATES:
            played = [play(behaviour, rate, seed) for seed in range(runs)]
            seen = Counter(_ended(each) for each in played)
            took = sorted(each.minutes for each in played)
            spread = f"{median(took):.0f} ({took[0]:.0f} to {took[-1]:.0f})"
            parts = (seen[it] for it in ("passed", "failed", "undecided"))
            print(f"| {name} | {rate} | {' | '.join(map(str, parts))} | {spread} |", flush=True)


def strategies() -> None:
    """Print what each strategy does with each version."""
    print("\nEach strategy at 50 requests a minute; traffic as minute:share of the new deployment")
    print("| strategy | version | outcome | minutes | traffic | verdict |")
    print("| --- | --- | --- | --- | --- | --- |")
    for strategy, manifest in {
        "all at once": "",
        "canary": CANARY,
        "linear": LINEAR,
        "mirror, canary": MIRROR,
    }.items():
        for name, behaviour in VERSIONS.items():
            _show(strategy, name, play(behaviour, 50, 1, manifest))
        _show(strategy, "no traffic", play(VERSIONS["good"], 0, 1, manifest))
        hidden = play(VERSIONS["good"], 50, 1, manifest, shown=False)
        _show(strategy, "no metrics", hidden)


def _show(strategy: str, name: str, played: Played) -> None:
    verdicts = played.result["verdicts"]
    words = verdicts[-1]["words"] if verdicts else "none: no stages"
    facts = (strategy, name, played.outcome, f"{played.minutes:.0f}", played.shown_traffic(), words)
    print(f"| {' | '.join(facts)} |", flush=True)


def _ended(played: Played) -> str:
    return str(played.result["verdicts"][-1]["outcome"])


if __name__ == "__main__":
    rates(int(sys.argv[1]) if len(sys.argv) > 1 else _RUNS)
    strategies()
