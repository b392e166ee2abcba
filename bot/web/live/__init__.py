"""Open pages hear of changes: one connection that listens, as many streams as browsers are open, nothing while nothing changes."""
