"""What a county does over all its villages at once: closing a quarter."""
