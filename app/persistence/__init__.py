"""Rows in SQL: models, the one unit of work, and the queries that pages read."""
