"""Sets the project up on a machine with only Python, make and a network.

Standard library only: it runs before anything is installed.
"""
