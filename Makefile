# make run   set everything up and open the chat        make test   check everything
# make eval  measure on the test halves of the suites   make gate   measure on the tune halves and check for losses
# make bench  measure the speed of everything, into docs/speed.md
# make lock  write constraints.txt anew                 make adapter  learn the embedding model's adapter anew (half an hour)
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# torch without CUDA where PyTorch's own index can be reached (on PyPI alone, Linux gets the CUDA build); TORCH=cuda for the GPU build.
TORCH ?= cpu
TORCH_INDEX := https://download.pytorch.org/whl/cpu
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run setup ingest test lint unit eval gate bench adapter lock clean

run: setup
	@$(BIN)/rapporteur ingest
	@$(BIN)/rapporteur chat

setup: $(VENV)/.installed

define install
@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
@echo "Installing (once; some minutes) …"
@extra=""; if [ "$(TORCH)" = cpu ] && [ "$$(uname -s)" = Linux ] && ! $(BIN)/python -c 'import torch' 2>/dev/null \
  && curl -fsI -m 4 $(TORCH_INDEX)/torch/ >/dev/null 2>&1; then extra="--extra-index-url $(TORCH_INDEX)"; fi; \
$(BIN)/pip install -q $$extra -c constraints.txt $(1)
endef

$(VENV)/.installed: pyproject.toml constraints.txt
	$(call install,-e .)
	@touch $@

$(VENV)/.dev: pyproject.toml constraints.txt
	$(call install,-e '.[auth$(comma)dev$(comma)mcp$(comma)openai]')
	@touch $@ $(VENV)/.installed

comma := ,

ingest: setup
	@$(BIN)/rapporteur ingest

test: lint unit

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

unit: $(VENV)/.dev
	$(BIN)/pytest -n auto --dist loadfile

# Every system side by side on the test halves, into the README.
eval: $(VENV)/.dev
	@$(BIN)/rapporteur ingest
	@$(BIN)/rapporteur eval run --half test --beside all --label readme
	@$(BIN)/rapporteur eval show last --into README.md

# The tune halves, on the guides alone, in a home of their own: some seconds. Refuses a significant loss against evals/baseline.json.
gate: export RAPPORTEUR_HOME := $(CURDIR)/.rapporteur/gate
gate: $(VENV)/.dev
	@$(BIN)/rapporteur ingest
	@$(BIN)/rapporteur eval run --half tune --label gate
	@$(BIN)/rapporteur eval gate evals/gate.toml

# Some hours with the largest size; what was measured before is kept, and the run goes on.
BENCH_SIZES ?= 1000,10000,100000,1000000
bench: $(VENV)/.dev
	@$(BIN)/rapporteur ingest
	@$(BIN)/python -m evals.bench --sizes $(BENCH_SIZES) --work build/bench --into docs/speed.md --picture docs/images/speed.svg

adapter: $(VENV)/.dev
	@$(BIN)/python -m ingest.adapter

# Resolves freely in a fresh environment and writes down what came out; review the difference before committing it.
lock:
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/pip install -q -e '.[auth,dev,mcp,openai,anthropic,ollama]'
	{ echo "# Written by 'make lock'. Versions that were tested together."; \
	  build/lock/bin/pip freeze --exclude-editable --exclude rapporteur | sed -E 's/^(torch==[0-9.]+)\+.*/\1/' | grep -vE '^(nvidia-|triton|-e |rapporteur)' ; } > constraints.txt
	rm -rf build/lock

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache .hypothesis
