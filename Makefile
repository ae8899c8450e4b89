PYTHON ?= python3
PORT ?= 8000
PIP = .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes
LOCK = .venv/bin/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes --no-strip-extras --no-emit-index-url --no-annotate --custom-compile-command "make lock" $(ARGS)
TEMPLATES = find . -path './.*' -prune -o -path '*/templates/*' -name '*.html' -print
STATIC = articles/static newsletter/static newsroom/static polls/static
PRODUCTION = DEVELOPMENT=false DEBUG=false SITE_URL=https://newsroom.example ALLOWED_HOSTS=newsroom.example DATABASE_URL=postgres://newsroom.example/newsroom SECRET_KEY=$$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(64))')

.PHONY: run serve test test-postgres coverage check bench format lock
.DELETE_ON_ERROR:

run: export DEVELOPMENT = true
run: export PORT := $(PORT)
run: .venv/installed
	@.venv/bin/python manage.py migrate --verbosity 0
	@.venv/bin/python manage.py demo --if-empty
	@echo "Site: http://127.0.0.1:$(PORT)/   Admin: http://127.0.0.1:$(PORT)/admin/"
	@.venv/bin/python manage.py runserver 127.0.0.1:$(PORT)

serve: export DEVELOPMENT = false
serve: export DEBUG = false
serve: export PORT := $(PORT)
serve: .venv/installed
	.venv/bin/python manage.py check --deploy
	.venv/bin/python manage.py migrate --no-input
	.venv/bin/python manage.py collectstatic --no-input
	@exec .venv/bin/python manage.py serve $(ARGS)

test: .venv/installed-dev
	.venv/bin/python -m pytest -n 2 --dist worksteal $(ARGS)

test-postgres: .venv/installed-dev
	.venv/bin/python -m tests.postgres python -m pytest -n 2 --dist worksteal $(ARGS)

# The browser's tests add processor time and no lines.
coverage: .venv/installed-dev
	.venv/bin/python -m pytest -n 2 --dist worksteal --ignore=tests/browser --cov --cov-report=term $(ARGS)

check: .venv/installed-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/typos
	$(TEMPLATES) | xargs -r .venv/bin/djade --target-version 5.2 --check
	.venv/bin/oxlint --deny-warnings $(STATIC)
	.venv/bin/oxfmt --check $(STATIC)
	.venv/bin/lint-imports --no-cache --no-logo
	DEVELOPMENT=true .venv/bin/mypy .
	DEVELOPMENT=true DATABASE_URL=sqlite://:memory: .venv/bin/python manage.py makemigrations --check --dry-run
	$(PRODUCTION) .venv/bin/python manage.py check --deploy --fail-level WARNING

bench: .venv/installed-dev
	.venv/bin/python -m tests.benchmarks.renditions
	.venv/bin/python -m tests.benchmarks.votes
	.venv/bin/python -m tests.benchmarks.sign_ups
	.venv/bin/python -m tests.benchmarks.pages

format: .venv/installed-dev
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .
	$(TEMPLATES) | xargs -r .venv/bin/djade --target-version 5.2
	.venv/bin/oxlint --fix $(STATIC)
	.venv/bin/oxfmt $(STATIC)

lock: .venv/installed-dev
	$(LOCK) --output-file requirements.txt
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

.venv/installed: requirements.txt
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements.txt
	@touch $@

.venv/installed-dev: requirements-dev.txt
	$(PYTHON) -m venv .venv
	$(PIP) -r requirements-dev.txt
	@touch $@
