"""Firms: found, change, members, data rights."""
