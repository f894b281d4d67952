"""Read models: one file each, from row type to queries."""
