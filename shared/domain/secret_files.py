"""Which files hold secrets, judged by their names: they stay behind unless the manifest says so.

Only names that mean nothing else count: `secret.json`, `token.json` and
`appsettings.Production.json` are ordinary files of some flows, and are taken along.
"""

import re
from fnmatch import fnmatchcase

_HOLD = (
    *(".env", ".env[.-]*", ".env_*", "*.env", ".envrc"),
    *("local.settings.json", "local.settings.*.json", "*.publishsettings"),
    # Private keys, and stores of them.
    *("*.pem", "*.key", "*.ppk", "*.pfx", "*.p12", "*.p8", "*.jks", "*.keystore", "*.kdbx"),
    *("key.der", "*[._-]key.der", "*private*.der"),
    # Where well-known tools keep what they sign in with.
    *(".netrc", "_netrc", ".pypirc", ".npmrc", ".git-credentials", ".htpasswd", ".pgpass"),
    *(".databrickscfg", ".boto", ".s3cfg", ".dockercfg", "kubeconfig", "azureprofile.json"),
    *("msal_token_cache.*", "accesstokens.json", "application_default_credentials.json"),
    *("credentials.json", "client_secret*.json", "secrets.toml", "secrets.yaml", "secrets.yml"),
    *("secrets.json", "*.tfvars", "*.tfstate", "pip.conf", "pip.ini", ".vault-token"),
    *("*service[_-]account*.json", "serviceaccount*.json", "*firebase-adminsdk*.json"),
)
_KEY_OF_SSH = re.compile(r"id_(?:rsa|dsa|ecdsa|ed25519)(?:[_-][\w-]*)?(?:\.(?!pub$|py$|md$)\w+)?")
_IN_FOLDERS = (
    *(".aws/credentials", ".docker/config.json", ".kube/config", ".config/gcloud/*"),
    *(".cargo/credentials", ".cargo/credentials.toml", ".m2/settings.xml", ".gem/credentials"),
    *(".huggingface/token", "huggingface/token", ".config/gh/hosts.yml"),
)
_FOLDERS = frozenset({".env", ".ssh", ".azure", ".gnupg"})
"""Folders that hold nothing else; `.env` may also be a virtual environment, of no use elsewhere."""
_COPY = re.compile(r"(?:~|\.(?:bak|backup|old|orig|save|swp|tmp|copy))$")
_HARMLESS = frozenset({"example", "sample", "template", "dist"})
"""What such a file is called that only shows which values are wanted, at its name's end."""
_SETTINGS = frozenset({"env", "json", "toml", "yaml", "yml", "tfvars", "conf", "ini"})
"""What may follow that."""


def holds_secrets(path: str) -> bool:
    """Whether a file of that path in a package holds secrets by its name, whatever its case."""
    whole = path.lower()
    while (without := _COPY.sub("", whole)) != whole:
        whole = without
    name = whole.rsplit("/", 1)[-1]
    if secret_folder(whole) is not None or _matches(whole, _IN_FOLDERS):
        return True
    held = _KEY_OF_SSH.fullmatch(name) or any(fnmatchcase(name, each) for each in _HOLD)
    return bool(held) and not _is_harmless(name)


def secret_folder(path: str) -> str | None:
    """The outermost folder above a file that holds nothing but secrets."""
    parts = path.split("/")
    for at, part in enumerate(parts[:-1], start=1):
        if part.lower() in _FOLDERS:
            return "/".join(parts[:at])
    return None


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(f"/{path}", f"*/{each}") for each in patterns)


def _is_harmless(name: str) -> bool:
    *_, before, last = ["", *re.split(r"[._-]", name)]
    return last in _HARMLESS or (before in _HARMLESS and last in _SETTINGS)
