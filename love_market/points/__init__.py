"""Points as legs: what a grant, an award, a hold, a lapse is."""
