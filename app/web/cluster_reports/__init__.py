"""The report on a cluster, what a chain leader wants to know, and the quality of the answers."""
