"""The counter: basket, redemption, undo."""
