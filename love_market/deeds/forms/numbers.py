"""Whole numbers as people write them."""

from typing import Any

from wtforms import IntegerField


class WholeNumberField(IntegerField):
    """An integer as people write one: full width, padded, or with a true minus."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read an integer; what is none stays as typed and is told."""
        super().process_formdata([str(value).strip().replace("−", "-").replace("－", "-") for value in valuelist])
