"""The procedure studio: drafts, deployment, migration, rehearsals and the live view."""
