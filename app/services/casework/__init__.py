"""Cases and work items: how a case moves, who works on it, and what a person may read of it."""
