"""The consultant's diagnosis of a round, and the text blocks that go into it."""
