"""Uploaded and generated files: stored by content, typed by what they are, not by what they are called."""
