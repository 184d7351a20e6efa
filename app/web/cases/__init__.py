"""The case: where it stands, what happened, its files; searching; what the system has told a person."""
