"""``python -m love_market`` is the ``love-market`` command."""

from love_market.cli import main

main()
