"""What a conversation is made of: turns, drafts, what is remembered, and reading words for what they tell."""
