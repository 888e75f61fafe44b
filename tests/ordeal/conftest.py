"""What ordeals stand on."""

from collections.abc import Iterator

import pytest

from tests.ordeal.servers import Mother


@pytest.fixture(scope="session")
def mother() -> Iterator[Mother]:
    """The process whose children the servers are."""
    with Mother() as mother:
        yield mother
