"""One module per feature, each with ROWS of `tests.app.access_table.Row`."""
