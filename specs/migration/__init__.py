"""A live migration between two pageservers; `check migration`."""
