"""Stock: goods, lots, receipts, donations, stocktakes, write-offs."""
