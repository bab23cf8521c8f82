"""Clusters: how the consenting firms stand, joining and leaving."""
