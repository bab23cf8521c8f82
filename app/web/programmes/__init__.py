"""Joint programmes of a cluster: ordering, result, letters to the firms, brief for suppliers."""
