"""What each command does between reading its options and ending, and all that it prints.

Imports nothing, since `callqa --help` loads it, with the modules that hold options; those import what
does the work when a command runs.
"""
