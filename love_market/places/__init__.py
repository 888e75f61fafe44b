"""Places and markets: county, townships, villages; which love supermarket serves which village."""
