"""People: households, members, staff, roles, sign-in."""
