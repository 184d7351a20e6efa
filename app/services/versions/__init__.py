"""What procedures and paper templates share: drafts with their revisions, and versions that are taken out of use and back."""
