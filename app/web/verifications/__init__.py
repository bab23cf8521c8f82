"""The verification of a round: what was found, what the firm says to it, three results side by side."""
