"""Whether the time of a refusal tells a taken code from an unknown one."""
