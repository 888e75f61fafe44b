"""What pages ask of a long history: plans, rows passed, statements."""
