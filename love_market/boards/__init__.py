"""Boards: the year's star households, and the warning board of a village that wants one."""
