"""The only package that knows SpiffWorkflow: tokens in, tokens out, no database."""
