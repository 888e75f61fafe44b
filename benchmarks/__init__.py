"""How quick it is, as ratios against a limit in the same run; `make bench` runs them all."""
