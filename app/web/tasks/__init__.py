"""The desk and the work item."""
