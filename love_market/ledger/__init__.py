"""The kernel: an append-only, chained, double-entry book for each market."""
