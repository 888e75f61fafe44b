"""Vouchers: token, states, issue, sheet, loss desk."""
