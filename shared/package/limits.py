"""How much a dropped package may hold. Past these it is refused, never cut."""

MAX_FILES = 2_000
MAX_FOLDERS = 4_000
MAX_EXPANDED = 200 * 1024 * 1024
"""Bytes of all files together."""
MAX_PACKED = 210 * 1024 * 1024
"""Bytes of a zip: what is not packed at all, and its headers. A larger one is not fetched."""
MAX_RATIO = 100
"""Expanded bytes for one compressed byte."""
RATIO_COUNTS_FROM = 1024 * 1024
"""Bytes below which a ratio says nothing: a small file of blanks packs very well."""
MAX_DIRECTORY = 2 * 1024 * 1024
"""Bytes of a zip's central directory: 2,000 files with long names need half of it."""
MAX_PATH = 400
"""Characters of one path: storage takes 1,024 with the prefix that an upload adds."""
MAX_DEPTH = 32
"""Folders inside each other."""
MAX_PATH_PART = 255
"""Bytes of one part of a path, as file systems count them."""
CHUNK = 1024 * 1024

MAX_IGNORE = 64 * 1024
"""Characters of an ignore file."""
MAX_PATTERNS = 500
MAX_PATTERN = 400
"""Characters of one pattern: no longer than a path."""
MAX_WILDCARDS = 50
"""Stars in one pattern."""

MAX_TEXT = 1024 * 1024
"""Bytes of a YAML file, or of another text that is looked into."""
MAX_AZ_ML = 32 * 1024
"""Bytes of an az ml file that has not one of the usual names; a larger YAML file is none."""
MAX_AZ_ML_FILES = 10
"""Such files that are looked into."""
MAX_SOURCE = 256 * 1024
"""Bytes of a Python file that is looked into: its syntax tree takes hundreds of times that."""
MAX_LOOKED_INTO = 1024 * 1024
"""Bytes of all sources, requirements and prompties that are looked into."""
MAX_NOTEBOOK = 2 * 1024 * 1024
"""Bytes of a notebook that is looked through for keys; a larger one is left out."""
MAX_NOTEBOOK_TEXT = 512 * 1024
"""Characters of all notebooks' outputs that are looked through, images apart."""
MAX_GLANCED_AT = 512 * 1024
"""Bytes of further Python files, which the flow file does not name, that are checked as well."""
MAX_YAML_DEPTH = 50
MAX_YAML_NODES = 100_000
"""Nodes of a YAML file with its aliases written out."""
MAX_YAML_PLAIN = 100
"""Characters of a number or another plain scalar that is not text."""

SECONDS = 5
"""Processor time that looking into a package may take, unpacking included."""
MEMORY = 128 * 1024 * 1024
"""Bytes that it may take, besides the interpreter and its modules."""
MAX_TOLD = 8 * 1024 * 1024
"""Characters of what a reading says, as JSON."""
