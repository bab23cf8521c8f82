"""Comparing the firms of a cluster: table, groups, rounds, side by side."""
