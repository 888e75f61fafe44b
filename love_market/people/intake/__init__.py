"""A roster workbook → a plan of what it would make and change. Pure."""
