"""A quarter at the committee's desk, by four people who each sit before a browser of their own."""
