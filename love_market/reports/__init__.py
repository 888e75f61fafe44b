"""Pages that only read: front page, desk, board, statement, books."""
