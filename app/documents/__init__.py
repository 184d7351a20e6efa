"""Papers: template packages, fonts, PDF rendering, the check of the finished PDF, and XLSX lists. No database, no web."""
