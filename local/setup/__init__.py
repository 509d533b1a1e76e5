"""Makes ready what the project needs on a machine that has only Python, make and a network.

Standard library only: it runs before anything is installed.
"""
