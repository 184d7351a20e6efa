"""Accounts, units and roles: who may enter, and as what."""
