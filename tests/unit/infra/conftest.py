"""Where set-up has not installed the grammar of Bicep yet, nothing here can be read."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("tree_sitter_bicep") else ["test_*.py"]
