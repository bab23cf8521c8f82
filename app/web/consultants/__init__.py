"""Consultants: the firms that let them in."""
