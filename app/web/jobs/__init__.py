"""Background work, as the administrator sees it."""
