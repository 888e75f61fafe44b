from typing import Any

import pytest
from flask import Flask

from tests.api.document import ADDRESS


@pytest.fixture
def document(app: Flask) -> dict[str, Any]:
    """The document as it is served."""
    found: dict[str, Any] = app.test_client().get(ADDRESS).get_json()
    return found
