"""Consents: who sees what, and taking it back."""
