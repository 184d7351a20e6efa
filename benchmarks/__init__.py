"""What the figures in README come from; every script prints a ratio beside its figures."""
