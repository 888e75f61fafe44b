"""``python -m love_market`` is the ``love-market`` command."""

from love_market.cli import main

if __name__ == "__main__":  # a process of a pool loads this file too
    main()
