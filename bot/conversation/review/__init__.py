"""Reviewing conversations: what each came to, which are worth reading first, and what reviewers did with them."""
