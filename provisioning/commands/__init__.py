"""The subcommands, one file each: its arguments (`register`) and what it does."""
