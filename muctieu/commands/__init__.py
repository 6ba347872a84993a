"""The command line, one module a group of commands. Heavy imports are inside the functions: `muctieu --help` takes 0.2 s."""
