"""Love Market (爱心超市): a village's good deeds, appraised each quarter and paid out in vouchers for goods."""
