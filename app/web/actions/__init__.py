"""What firm and consultant agreed to do, how far it is, and what has come of it."""
