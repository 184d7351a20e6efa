"""A selection round: nomination, review, notice, approval and prize money; what the registry offers to diagrams."""
