"""A package, so that what its tests share can be taken down once the last of them has run."""
