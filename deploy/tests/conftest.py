"""The hub's package, built once for all tests of a worker, from the dependencies that the tests themselves run with."""

import os
import re
import shutil
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest

from deploy.debian.build import ROOT, build
from deploy.debian.requirements import hub_lock

os.environ.setdefault(
    "SOURCE_DATE_EPOCH", "1795305600"
)  # a commit between two builds is no difference between them


def locked_names() -> list[str]:
    """The packages that the hub's part of the lock names."""
    return re.findall(r"^([a-z0-9-]+)==", hub_lock((ROOT / "requirements.lock").read_text()), re.MULTILINE)


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """A folder like the one that build.fetch() fills, without asking PyPI."""
    folder = tmp_path_factory.mktemp("packages")
    for name in locked_names():
        for file in distribution(name).files or ():
            source, place = Path(str(file.locate())), folder / str(file)
            if ".." not in file.parts and source.is_file():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, place)
    return folder


@pytest.fixture(scope="session")
def architecture():
    return subprocess.run(
        ["dpkg", "--print-architecture"], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture(scope="session")
def package(packages, architecture, tmp_path_factory):
    """The finished .deb."""
    return build(architecture, packages, tmp_path_factory.mktemp("deb"), effort=0)


@pytest.fixture(scope="session")
def installed(package, tmp_path_factory):
    """The package's files in a folder of their own."""
    root = tmp_path_factory.mktemp("root")
    subprocess.run(["dpkg-deb", "--extract", str(package), str(root)], check=True)
    return root
