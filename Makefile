# A newcomer needs two of these: `make run` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help run test build demo bench lint clean
.NOTPARALLEL:
JOBS ?= $(shell nproc)
packages := docker/install-packages.sh

help: ## this list
	@awk -F':.*## ' '/^[a-z]+:.*## / {printf "make %-6s %s\n", $$1, $$2}' Makefile

run: build ## build and serve 127.0.0.1:8080, data under var/
	@exec build/release/mofa serve

test: packages-build packages-sdk build/ci/build.ninja ## build with -Werror and run every test
	cmake --build --preset ci -j $(JOBS)
	ctest --preset ci -j 2 --output-junit $(CURDIR)/build/ci/ctest.xml

build: packages-build build/release/build.ninja ## build build/release/mofa
	cmake --build --preset release -j $(JOBS) --target mofa

demo: build ## six things that the server does, in under a minute
	@config/demo/demo.sh build/release/mofa

bench: packages-build build/release/build.ninja ## measure the release binary against plain baselines
	cmake --build --preset release -j $(JOBS) --target mofa mofa_bench
	build/release/mofa_bench

lint: packages-build packages-lint build/release/build.ninja ## check the fences of the rooms and the format
	cmake --build --preset release -j $(JOBS) --target mofa_lint
	build/release/mofa_lint .
	find server actors protocols tests -name '*.[ch]pp' -print0 | xargs -0 clang-format --dry-run -Werror

clean: ## delete every build; data under var/ stays
	rm -rf build

# Node 20 and npm for the SDKs that the tests use; packages only where there are none.
packages-sdk:
	@tests/support/node/node.sh --found || $(packages) sdk

# Installs what is missing, after saying so: packages-build, packages-lint.
packages-%:
	@$(packages) $*

# Ninja configures again by itself when a CMakeLists.txt changes; a change of the presets needs this.
build/%/build.ninja: CMakePresets.json
	cmake --preset $*
	@touch $@
