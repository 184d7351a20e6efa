"""Attacks that once succeeded, each kept from coming back; what could leak is in the database of every test."""
