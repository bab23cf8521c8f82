"""Administration: accounts, clusters, messages, jobs, record."""
