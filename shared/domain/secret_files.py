"""Which files hold secrets, judged by their names: they stay behind unless the manifest says so."""

from fnmatch import fnmatchcase

_HOLD = (
    *(".env", ".env.*", "*.env", ".envrc", "local.settings.json", "local.settings.*.json"),
    # Private keys, and stores of them.
    *("*.pem", "*.key", "*.ppk", "*.pfx", "*.p12", "*.jks", "*.keystore", "*.kdbx"),
    *("id_rsa", "id_dsa", "id_ecdsa", "id_ed25519"),
    # Where well-known tools keep what they sign in with.
    *(".netrc", "_netrc", ".pypirc", ".npmrc", ".git-credentials", ".htpasswd", ".pgpass"),
    *(".databrickscfg", ".boto", ".s3cfg", ".dockercfg", "kubeconfig", "azureprofile.json"),
    *("msal_token_cache.*", "accesstokens.json", "application_default_credentials.json"),
    *("credentials.json", "client_secret*.json", "secrets.toml", "secrets.yaml", "secrets.yml"),
    *("secrets.json", "*.tfvars", "*.tfstate", "pip.conf", "pip.ini"),
)
_IN_FOLDERS = (
    *(".aws/credentials", ".docker/config.json", ".kube/config", ".ssh/*", ".azure/*"),
    *(".gnupg/*", ".config/gcloud/*"),
)
_HARMLESS = ("example", "sample", "template", "dist")
"""What such a file is called that only shows which values are wanted."""


def holds_secrets(path: str) -> bool:
    """Whether a file of that path in a package holds secrets by its name, whatever its case."""
    whole = path.lower()
    name = whole.rsplit("/", 1)[-1]
    if not {*_HARMLESS}.isdisjoint(name.split(".")):
        return False
    return any(fnmatchcase(name, each) for each in _HOLD) or any(
        fnmatchcase(whole, each) or fnmatchcase(whole, f"*/{each}") for each in _IN_FOLDERS
    )
