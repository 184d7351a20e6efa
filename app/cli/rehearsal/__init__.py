"""A whole round played through the pages by a fixed cast, with a clock that steps from date to date."""
