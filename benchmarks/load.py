"""The load of a benchmark, a process of its own: `python -m benchmarks.load URL SCENE CLERKS SECONDS LOAD PART PARTS`.

Each load has its own part of every market's vouchers, since what earlier loads left on theirs it cannot know. With the
load `hot` all clerks stand in one shop. Prints the seconds that each redemption took, and what went wrong, as JSON.
"""

import json
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from tests.ordeal.clerks import Crew
from tests.ordeal.scene import Scene


def main() -> None:
    """Let some clerks redeem for some seconds."""
    url, file, clerks, seconds, markets, part, parts = sys.argv[1:]
    shops = Scene.from_json(Path(file).read_text()).markets[: 1 if markets == "hot" else None]
    scene = Scene(tuple(replace(shop, vouchers=shop.vouchers[int(part) :: int(parts)]) for shop in shops))
    # Crew shares a market's vouchers among its clerks; one second more is for connections to open and plans to settle.
    crew = Crew(scene, url, clerks=int(clerks), seed=int(part), by_token=True)
    with crew:
        threading.Event().wait(float(seconds) + 1.0)
    counted = [one for one in crew.acknowledged if one.began >= crew.began + 1.0]
    ended = max(time.monotonic(), crew.ended)
    json.dump(
        {
            "took": [one.at - one.began for one in counted],
            "seconds": ended - crew.began - 1.0,
            "errors": crew.errors,
            "retries": dict(crew.retries),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
