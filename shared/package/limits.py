"""Limits of a dropped package. A package over a limit is refused, never cut."""

MAX_FILES = 2_000
MAX_FOLDERS = 4_000
MAX_EXPANDED = 200 * 1024 * 1024
"""Bytes of all files together."""
MAX_PACKED = 210 * 1024 * 1024
"""Bytes of a zip: files that do not compress, and headers. A larger one is not fetched."""
MAX_RATIO = 100
"""Expanded bytes for one compressed byte."""
RATIO_COUNTS_FROM = 1024 * 1024
"""Bytes below which the ratio does not count: a small file of blanks compresses very well."""
MAX_DIRECTORY = 2 * 1024 * 1024
"""Bytes of a zip's central directory: 2,000 files with long names need half of it."""
MAX_PATH = 400
"""Characters of one path: storage allows 1,024 with the prefix that an upload adds."""
MAX_DEPTH = 32
"""Nested folders."""
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
"""Bytes of a YAML file, or of another text that is read."""
MAX_AZ_ML = 32 * 1024
"""Bytes up to which a YAML file with an unusual name may be an az ml file."""
MAX_AZ_ML_FILES = 10
"""How many such files are read."""
MAX_SOURCE = 256 * 1024
"""Bytes of a Python file that is read: its syntax tree takes hundreds of times that."""
MAX_READ = 1024 * 1024
"""Bytes of all sources, requirements and prompties that are read."""
MAX_NOTEBOOK = 2 * 1024 * 1024
"""Bytes of a notebook that is scanned for keys; a larger one is left out."""
MAX_NOTEBOOK_TEXT = 512 * 1024
"""Characters of all notebooks' outputs that are scanned, without images."""
MAX_OTHER_SOURCES = 512 * 1024
"""Bytes of Python files that the flow file does not name and that are checked as well."""
MAX_REQUESTS = 200
"""Requests of a file with which a new deployment is compared."""
MAX_REQUESTS_TEXT = 256 * 1024
"""Characters of that file: the release keeps the requests, and each step reads it."""
MAX_YAML_DEPTH = 50
MAX_YAML_NODES = 100_000
"""Nodes of a YAML file with its aliases expanded."""
MAX_YAML_PLAIN = 100
"""Characters of a number or another plain scalar that is not text."""

SECONDS = 5
"""Seconds of processor time for opening and reading a package."""
MEMORY = 128 * 1024 * 1024
"""Bytes of memory for the same, besides the interpreter and its modules."""
MAX_READING = 8 * 1024 * 1024
"""Characters of a reading as JSON."""
