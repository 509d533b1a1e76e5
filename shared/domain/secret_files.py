"""Recognise files with secrets by their names; they are left out unless the manifest keeps them.

Only unambiguous names count: `secret.json`, `token.json` and `appsettings.Production.json` are
ordinary files of some flows, and are kept.
"""

import re
from fnmatch import fnmatchcase

_HOLD = (
    *(".env", ".env[.-]*", ".env_*", "*.env", ".envrc"),
    *("local.settings.json", "local.settings.*.json", "*.publishsettings"),
    # Private keys, and stores of them.
    *("*.pem", "*.key", "*.ppk", "*.pfx", "*.p12", "*.p8", "*.jks", "*.keystore", "*.kdbx"),
    *("key.der", "*[._-]key.der", "*private*.der"),
    # Files in which well-known tools keep their credentials.
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
"""Folders of secrets alone; `.env` may also be a virtual environment, useless elsewhere."""
_COPY = re.compile(r"(?:~|\.(?:bak|backup|old|orig|save|swp|tmp|copy))$")
_HARMLESS = frozenset({"example", "sample", "template", "dist"})
"""Endings of files that only show which values are needed."""
_SETTINGS = frozenset({"env", "json", "toml", "yaml", "yml", "tfvars", "conf", "ini"})
"""Extensions that may follow such an ending."""


def holds_secrets(path: str) -> bool:
    """Return whether a file's path in a package says that it contains secrets; ignores case."""
    whole = path.lower()
    while (without := _COPY.sub("", whole)) != whole:
        whole = without
    name = whole.rsplit("/", 1)[-1]
    if secret_folder(whole) is not None or _matches(whole, _IN_FOLDERS):
        return True
    held = _KEY_OF_SSH.fullmatch(name) or any(fnmatchcase(name, each) for each in _HOLD)
    return bool(held) and not _is_harmless(name)


def secret_folder(path: str) -> str | None:
    """Return the outermost folder above the file that contains only secrets, or None."""
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
