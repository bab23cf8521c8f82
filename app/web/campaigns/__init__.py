"""Rounds that a coordinator calls: dates, words, mails, letters."""
