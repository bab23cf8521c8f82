"""Engagements: the firm's consultants, what is asked of it, and the consultant's portfolio."""
