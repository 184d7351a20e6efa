"""Procedure packages on disk or in a zip, read into `domain.procedure.Procedure`."""
