"""Reading for the pages that only read: the front page, the desk, a household's statement, the book."""
