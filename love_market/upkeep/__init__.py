"""What keeps an installation going: moving a market into a county, spreading its tables, backups and their drill."""
