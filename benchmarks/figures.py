"""How a figure is told: one line each, `name value >= goal` or `name value <= goal`, whether it is met or not."""

import statistics
from collections.abc import Sequence
from typing import Literal

_PERCENT = 100


def tell(name: str, value: float, sign: Literal[">=", "<="], goal: float, unit: str = "", about: str = "") -> None:
    """Print a figure against its goal."""
    met = value >= goal if sign == ">=" else value <= goal
    print(f"{name} {value:.3g}{unit} {sign} {goal:g}{unit}{'' if met else '  (short of its goal)'}{about}", flush=True)


def spread(values: Sequence[float]) -> str:
    """Return a median with its range, in words."""
    return f"median {statistics.median(values):.3g}, {min(values):.3g} to {max(values):.3g}, {len(values)} rounds"


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many per cent of the values do not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, len(ranked) * percent // _PERCENT)]
