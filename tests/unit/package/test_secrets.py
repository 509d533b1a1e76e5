"""Files with secrets are left out of digest and upload, unless the manifest includes them."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.domain.secret_files import holds_secrets
from shared.package import digest, kept_files, limits, read
from shared.package.kept import context_files

FLOW = "nodes:\n- {name: a, type: python, source: {type: code, path: a.py}}\n"
TOOL = "@tool\ndef a(): ...\n"
SECRET = "sk-" + "a1B2" * 8


def write(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in ({"flow.dag.yaml": FLOW, "a.py": TOOL} | dict(files)).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def notebook(output: str) -> str:
    cell = {"cell_type": "code", "source": ["x"], "outputs": [{"text": [output]}]}
    return json.dumps({"cells": [{"cell_type": "markdown"}, cell]})


@pytest.mark.parametrize(
    "path",
    [
        *(".env", ".env.local", ".ENV", "src/.env", "prod.env", ".envrc", "local.settings.json"),
        *("server.key", "cert.pfx", "id_rsa", "keys/id_ed25519", ".netrc", ".pypirc", ".npmrc"),
        *(".aws/credentials", "home/.docker/config.json", "credentials.json", "secrets.toml"),
        *("client_secret_12.json", "main.tfvars", ".azure/msal_token_cache.json", ".ssh/config"),
        *("id_ed25519_sk", "id_rsa.bak", "id_rsa~", "id_rsa_work", "id_rsa.work", "a/id_ecdsa-x"),
        *(".env~", ".env-prod", ".env_prod", ".env.sample.prod", ".env.example.local", ".env.bak~"),
        *(".env/real.txt", "src/.env/bin/python", "local.settings.json.bak", "key.der"),
        *("service-account.json", "gcp_service_account_prod.json", "serviceAccountKey.json"),
        *(
            "team-firebase-adminsdk-x1.json",
            "app.PublishSettings",
            ".vault-token",
            "server-key.der",
        ),
        *(".cargo/credentials.toml", ".huggingface/token", ".m2/settings.xml", "example.key"),
    ],
)
def test_files_with_secrets_are_recognised_by_name(path: str) -> None:
    assert holds_secrets(path)


@pytest.mark.parametrize(
    "path",
    [
        *(".env.example", ".env.sample", ".env.template", "example.env", "environment.yaml"),
        *("local.settings.sample.json", "id_rsa.pub", "keys.py", "credentials.py", "config.json"),
        *("env.py", "monkey", "secrets.py", ".env.dist"),
        *(
            ".env-example",
            ".env.prod.sample",
            ".env.example.bak",
            "secrets.sample.toml",
            "id_rsa.py",
        ),
        *("secret.json", "token.json", "appsettings.Production.json", "cert.der", "monkey.derby"),
        *("id_rsa_test.py", "m2/settings.xml", "tokenizer/token", "env/real.txt"),
    ],
)
def test_other_names_are_not_secret(path: str) -> None:
    assert not holds_secrets(path)


def test_files_with_secrets_are_left_out_with_a_warning(tmp_path: Path) -> None:
    bare = digest(write(tmp_path / "bare", {}))
    root = write(tmp_path / "flow", {".env": f"KEY={SECRET}", "sub/id_rsa": "x"})
    reading = read(root)
    assert kept_files(root) == ("a.py", "flow.dag.yaml")
    assert reading.digest == bare
    assert [(it.file, it.severity) for it in reading.findings] == [
        (".env", "warning"),
        ("sub/id_rsa", "warning"),
    ]
    assert SECRET not in str(reading.findings)


def test_a_folder_with_secrets_gives_one_warning(tmp_path: Path) -> None:
    root = write(tmp_path, {"sub/.env/a.txt": "x", "sub/.env/bin/b": "x"})
    assert kept_files(root) == ("a.py", "flow.dag.yaml")
    (finding,) = read(root).findings
    assert finding.file == "sub/.env"
    assert "left out with all files in it" in finding.cause


@pytest.mark.parametrize("ignored", ["", ".env\n"])
@pytest.mark.parametrize("said", [".env", "./.env"])
def test_the_manifest_can_include_a_secret_file_even_if_it_is_ignored(
    tmp_path: Path, ignored: str, said: str
) -> None:
    manifest = f"flow: {{include_secret_files: [{said}]}}"
    root = write(tmp_path, {".env": "A=1", "deploy.yaml": manifest, ".gitignore": ignored})
    assert kept_files(root) == (".env", "a.py", "flow.dag.yaml")
    assert read(root).findings == ()


def test_a_secret_file_named_in_the_manifest_must_exist(tmp_path: Path) -> None:
    root = write(tmp_path, {"deploy.yaml": "flow:\n  include_secret_files:\n  - key.pem\n"})
    assert [str(it) for it in read(root).errors] == [
        "deploy.yaml:3: 'key.pem' is not in the package. Correct the path"
    ]


def test_a_certificate_is_not_secret_but_its_key_is(tmp_path: Path) -> None:
    certificate = "-----BEGIN CERTIFICATE-----\nMII\n"
    both = certificate + "-----BEGIN RSA PRIVATE KEY-----\nMII\n"
    root = write(tmp_path, {"ca.pem": certificate, "both.pem": both, "other.pem": "x"})
    assert "ca.pem" in kept_files(root)
    assert {"both.pem", "other.pem"}.isdisjoint(kept_files(root))


@pytest.mark.parametrize(
    "output", [SECRET, f"api_key='{SECRET}'", "AccountKey=abcdefgh12345678abcdefgh==;"]
)
def test_a_notebook_with_a_key_is_left_out(tmp_path: Path, output: str) -> None:
    root = write(tmp_path, {"explore.ipynb": notebook(output), "fine.ipynb": notebook("42")})
    assert kept_files(root) == ("a.py", "fine.ipynb", "flow.dag.yaml")
    (finding,) = read(root).findings
    assert (finding.file, finding.severity) == ("explore.ipynb", "warning")
    assert SECRET not in str(finding)


OUTPUT = {"data": {"application/vnd.team.v1+json": {"apiKey": SECRET[3:]}}}
CODE = {"cell_type": "code", "source": ["api_key='x'"], "outputs": [OUTPUT]}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.IPYNB", notebook(SECRET).encode()),
        ("x.ipynb", notebook(SECRET).encode("utf-16")),
        ("x.ipynb", notebook(SECRET).encode("utf-8-sig")),
        ("x.ipynb", json.dumps({"cells": [1, CODE]}).encode()),
        ("x.ipynb", json.dumps({"worksheets": [{"cells": [CODE]}]}).encode()),
        ("x.ipynb", json.dumps([[{"outputs": {"image/svg+xml": [f"<a>{SECRET}"]}}]]).encode()),
        ("x.ipynb", notebook(SECRET + " x" * 120_000).encode()),
        ("x.ipynb", b'{"outputs": "%s", "outputs": []}' % SECRET.encode()),
    ],
)
def test_a_key_is_found_in_every_part_of_a_notebook(
    tmp_path: Path, name: str, content: bytes
) -> None:
    root = write(tmp_path, {})
    (root / name).write_bytes(content)
    (finding,) = read(root).findings
    assert (finding.file, finding.cause) == (name, "left out: an output in it looks like a key")


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("[" * 90_000, "it is not valid JSON"),
        ("no notebook", "it is not valid JSON"),
        (" " * (limits.MAX_NOTEBOOK + 1), "it is over 2 MB, too large to scan for keys"),
        (notebook("x " * (limits.MAX_NOTEBOOK_TEXT // 2 + 1)), "outputs are too large"),
    ],
)
def test_a_notebook_that_cannot_be_searched_is_left_out(
    tmp_path: Path, text: str, cause: str
) -> None:
    root = write(tmp_path, {"x.ipynb": text})
    (finding,) = read(root).findings
    assert cause in finding.cause
    assert "flow.include_secret_files" in finding.remedy
    asked = write(root, {"deploy.yaml": "flow: {include_secret_files: [x.ipynb]}"})
    assert "x.ipynb" in kept_files(asked)


IMAGE = "iVBORw0KGgo" * 100_000


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"cells": 1}', '{"cells": [1]}', json.dumps([{"outputs": {"image/png": IMAGE}}])],
)
def test_a_notebook_without_a_key_is_kept(tmp_path: Path, text: str) -> None:
    assert "x.ipynb" in kept_files(write(tmp_path, {"x.ipynb": text}))


def test_a_source_left_out_as_secret_is_reported_as_such(tmp_path: Path) -> None:
    flow = FLOW.replace("a.py", "secrets.yaml")
    root = write(tmp_path, {"flow.dag.yaml": flow, "secrets.yaml": "a: 1"})
    cause = str(read(root).errors[0])
    assert "'secrets.yaml' is left out, since its name says that it holds secrets" in cause


def test_an_include_with_secrets_is_left_out_with_a_warning(tmp_path: Path) -> None:
    root = write(tmp_path, {"flow.dag.yaml": FLOW + "additional_includes: [../.env]\n"})
    reading = read(root)
    assert reading.errors == ()
    assert "'.env' is left out" in str(reading.findings[0])


def test_a_build_context_contains_no_secret_files(tmp_path: Path) -> None:
    files = {"image/Dockerfile": "FROM x", "image/.env": "A=1", "image/pip.conf": "x"}
    manifest = {"deploy.yaml": "flow: {include_secret_files: [image/pip.conf]}"}
    root = write(tmp_path, files | manifest)
    assert context_files(root, "image") == ("Dockerfile", "pip.conf")
