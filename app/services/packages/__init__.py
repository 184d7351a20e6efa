"""Procedure packages: read, checked, kept as versions, and played through by their scenarios."""
