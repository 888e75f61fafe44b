"""Ordeals: the program killed again and again in the middle of its work, and its books audited after. See README.md."""
