"""The guide docs/add-a-block.md is true: its example, in the files that it names, works."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[3]
NEEDED = ("articles", "newsletter", "newsroom", "polls", "templates", "tests", "manage.py")
NEEDED += ("pyproject.toml", ".env.example")


def run(project, *arguments):
    environment = {
        "PATH": os.environ["PATH"],
        "DEVELOPMENT": "true",
        "DATABASE_URL": "sqlite://:memory:",
    }
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    ).stdout


def test_kind_of_the_guide_is_a_module_a_template_a_migration_and_its_tests(tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    for name in NEEDED:
        source = PROJECT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, project / name)
    guide = (PROJECT / "docs/add-a-block.md").read_text()
    module, template, tests = re.findall(r"```(?:python|html)\n(.*?)```", guide, re.DOTALL)
    (project / "articles/blocks/kinds/rating.py").write_text(module)
    (project / "templates/articles/blocks/rating.html").write_text(template)
    (project / "tests/articles/blocks/test_rating.py").write_text(tests)

    made = run(project, "manage.py", "makemigrations", "articles", "--name", "rating_block")

    assert "Create model RatingBlock" in made
    assert run(project, "manage.py", "makemigrations", "--check", "--dry-run").startswith("No")
    contract = "tests/articles/blocks/test_contract.py"
    tested = run(project, "-m", "pytest", "-p", "no:cacheprovider", contract, "-k", "promise")
    assert "test_kind_keeps_every_promise[rating]" in run(
        project, "-m", "pytest", "-q", "--collect-only", contract
    )
    assert re.search(r"\b10 passed\b", tested)
