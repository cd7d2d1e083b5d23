"""A package, so that what its tests bring up beside the one node goes once the last of them has run."""
