"""The winner's certificates: to see, to download, to have verified."""
