"""Whether anything of what is used is known to be vulnerable (`make audit`)."""
