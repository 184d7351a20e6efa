"""The clock comes in: a queue whose jobs each call one service."""
