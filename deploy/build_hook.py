"""Hatchling's hook: the pages' files travel inside the wheel; a wheel that would lack some is not made."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# What git leaves out and a wheel cannot do without, and the command that makes it.
_VENDORED = tuple(
    f"static/vendor/{name}" for name in ("barcode-detector.js", "ed25519.js", "idb.js", "zxing_reader.wasm")
)


class PagesHook(BuildHookInterface[Any]):
    """Adds ``templates/`` and ``static/`` to a wheel, inside the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the folders; an editable install reads the checkout's own and needs neither.

        Raises:
            FileNotFoundError: a bundled asset or a compiled translation is missing; says what to type.
        """
        if version == "editable":
            return
        root = Path(self.root)
        if missing := [name for name in _VENDORED if not (root / name).is_file()]:
            told = f"{', '.join(missing)}: not there. Type 'make assets' first."
            raise FileNotFoundError(told)
        catalogues = (root / "love_market/translations").glob("*/LC_MESSAGES/*.po")
        if unmade := [str(po.relative_to(root)) for po in catalogues if not po.with_suffix(".mo").is_file()]:
            told = f"{', '.join(unmade)}: not compiled. Type 'make translations' first."
            raise FileNotFoundError(told)
        build_data["force_include"] |= {
            str(root / folder): f"love_market/{folder}" for folder in ("templates", "static")
        }
