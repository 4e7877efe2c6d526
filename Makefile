# Linggong: two commands are enough, `make run` and `make test`; the rest is for those who change it.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check
export PYTHONDONTWRITEBYTECODE :=
export PYTHONPYCACHEPREFIX ?= $(CURDIR)/.cache/bytecode
TESTS ?= tests
WORKERS ?= $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; [ $$n -lt 2 ] && n=2; echo $$n)

.DEFAULT_GOAL := help
.PHONY: help run test tested test-ahead kernels-pool kernels-others lint format openapi revision trials bench bench-http bench-zone bench-guard bench-followups bench-sharing browser guard-report guard-learn lock clean

help: ## What can be made here
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1@\2/' | column -t -s '@'

run: $(VENV)/run.stamp ## Install, migrate, serve the market with a demo city on http://127.0.0.1:8000
	$(BIN)/linggong run

test: $(VENV)/dev.stamp ## Install what tests need; check style, types, layers; run every test
	@$(MAKE) --no-print-directory -j2 lint tested

# Beside each other: the pool's kernels take as long as the style checks and all other kernels together.
kernels-pool: $(VENV)/dev.stamp
	@$(BIN)/python -m benchmarks.kernel_cache pool

kernels-others: $(VENV)/dev.stamp
	@$(BIN)/python -m benchmarks.kernel_cache assign sharing

tested: kernels-pool kernels-others
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder $(TESTS)

test-ahead: ## Every test as if it were so many hours later (some hold on some days only): make test-ahead HOURS=240
	@LINGGONG_TEST_HOURS=$(HOURS) $(MAKE) --no-print-directory tested

lint: $(VENV)/dev.stamp ## Style (ruff), types (mypy), who may import whom (import-linter)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/dev.stamp ## Let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

openapi: $(VENV)/dev.stamp ## Write the contract into api_specs/
	$(BIN)/python -m api_specs.write

revision: $(VENV)/dev.stamp ## New schema revision from the models: make revision NAME=what_changes
	$(BIN)/python -m migrations.author "$(NAME)"

trials: $(VENV)/dev.stamp ## Rehearsals at full size: kills, races, copies, halls (long)
	LINGGONG_TRIALS=1 $(BIN)/python -m pytest -n 0 --timeout 0 -m "trial or not trial" tests/trials tests/matching tests/contract \
	  tests/rules/test_guard.py tests/rules/test_import_reading.py tests/usecases/test_imports_full_size.py tests/usecases/test_races_seats.py tests/http/test_demo.py tests/http/test_webhooks_killed.py

bench: $(VENV)/dev.stamp ## Every figure beside its peer's, answers compared; QUICK=1 SEED=7 ONLY=rank,assign
	$(BIN)/python -m benchmarks

bench-zone: $(VENV)/dev.stamp ## Search in a million listings beside ILIKE and haversine, answers compared; QUICK=1 SEED=7
	$(BIN)/python -m benchmarks.zone

bench-guard: $(VENV)/dev.stamp ## Postings a second that the guard judges, beside a plain list of the same expressions; QUICK=1 SEED=7
	$(BIN)/python -m benchmarks.guard

bench-followups: $(VENV)/dev.stamp ## Open 10,000 due follow-ups of a million; whole lives, and how they grow; QUICK=1, PART=due, PART=lives
	$(BIN)/python -m benchmarks.followups

bench-sharing: $(VENV)/dev.stamp ## A region's idle people for its shortages beside OR-Tools' own flow; QUICK=1 SEED=7
	$(BIN)/python -m benchmarks.sharing

bench-http: $(VENV)/dev.stamp ## Hot endpoints against a bare ASGI peer on the same database, in one run
	$(BIN)/python -m benchmarks.http

browser: $(VENV)/dev.stamp ## Pages in a real browser, which is installed where apt-get is at hand and it is missing
	command -v chromedriver >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium chromium-driver fonts-noto-cjk; }
	$(BIN)/python -m pytest -n 0 tests/browser

guard-report: $(VENV)/dev.stamp ## Precision and recall of each rule of the posting guard, on the labelled and on the held-out set
	$(BIN)/linggong guard-report tests/rules/guard_labelled.jsonl
	$(BIN)/linggong guard-report tests/rules/guard_held_out.jsonl

guard-learn: $(VENV)/dev.stamp ## What a breach looks like, learnt anew from the labelled texts
	$(BIN)/python -m service.guard.learning tests/rules/guard_labelled.jsonl

lock: $(VENV)/dev.stamp ## Resolve pyproject.toml again into both locks, with hashes
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml --group dev -o requirements-dev.lock
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  pyproject.toml -c requirements-dev.lock -o requirements.lock

clean: ## Remove what was installed and cached here (the data folder stays)
	rm -rf $(VENV) .cache .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt install python3-venv"; exit 1; }

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(BIN)/python
	@test -e $(VENV)/dev.stamp || $(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock pyproject.toml | $(BIN)/python
	@$(PIP) --require-hashes -r requirements-dev.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@
