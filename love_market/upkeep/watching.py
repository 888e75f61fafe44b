"""How a long piece of work says how far it is, to whoever watches."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

Progress = Callable[[int], object]


class Watch(Protocol):
    """Opens a bar for a step of the work."""

    def __call__(self, name: str, total: int | None, unit: str, /) -> AbstractContextManager[Progress]:
        """Return the bar: it takes how much more is done. ``total`` is None where nobody knows; ``B`` are bytes."""


@contextmanager
def unwatched(_name: str, _total: int | None, _unit: str) -> Iterator[Progress]:
    """Nobody watches."""
    yield lambda _count: None
