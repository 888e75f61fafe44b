"""What all pages share: form base, error pages, filters, assets, headers."""
