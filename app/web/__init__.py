"""The pages: a view loads, checks access, validates, calls one service and answers."""
