"""Reads for pages. Each takes the viewer and returns plain values; none writes, none asks once a row."""
