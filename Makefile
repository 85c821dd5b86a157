# Thin words over the scripts; the build itself is Meson's. GNU make, no rules of its own.
BUILD ?= build
export BUILD

.DEFAULT_GOAL := help
.PHONY: help deps build run test bench bench-export fuzz lint clean install
.PHONY: crash crash-witness disclose-leaks residency-netns
.PHONY: deliver-test tamper bench-verify bench-release bench-read reproducible sbom

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1 - \2/p' $(MAKEFILE_LIST)

deps: ## install the Debian packages that building needs (nothing when all are there)
	@scripts/deps build

build: deps ## build the program; it lies at build/rekap
	@scripts/build

run: build ## count the elections of 2019 and 2024 and serve them on http://127.0.0.1:8080/
	@scripts/run

test: ## build and run all tests (installs what they need); last line: N passed, N failed
	@scripts/deps test
	@scripts/build
	@scripts/test

bench: ## measure speed and memory beside other systems (bench/RESULTS.md)
	@scripts/deps bench
	@scripts/build
	@bench/run

bench-export: ## measure the exports beside those of SQLite, PostgreSQL and DuckDB
	@scripts/deps bench
	@scripts/build
	@bench/export.py

fuzz: ## run every fuzz target for FUZZ_SECONDS (default 60) with ASan and UBSan
	@scripts/deps fuzz
	@scripts/fuzz

crash: build ## kill the writer 2,000 times under 50 senders; make every call on its files fail once
	@scripts/crash

disclose-leaks: build ## search 10,000 random disclosures for withheld values (LEAKS=n)
	@REKAP_LEAKS=$${LEAKS:-10000} $(BUILD)/tests/unit/terbuka/terbuka_leaks_test

residency-netns: build ## run the program where every packet to what is not declared is counted (namespaces)
	@scripts/residency-netns

crash-witness: build ## kill rekap-witness 1,000 times under load; races, two histories, speed
	@scripts/crash-witness

deliver-test: build ## deliveries against real SFTP, mail and S3 servers (installed); killed 300 times; every call failing
	@scripts/deps deliver
	@scripts/test carrier kirim
	@nice tests/crash/kirim_crash.py kill $(BUILD)/rekap $${KILLS:-300}
	@nice tests/crash/kirim_crash.py faults $(BUILD)/rekap $(BUILD)/tests/crash/libfailing.so

lint: ## check formatting, static analysis, layers and man pages
	@scripts/deps lint
	@scripts/lint

tamper: build ## change every bit of a small published election, and more: all must be noticed
	@nice $(BUILD)/tests/tamper/tamper

bench-verify: build ## measure what verifying a nation costs, beside its bounds
	@nice bench/verify

bench-release: build ## measure releases, mirrors and their checks at the size of a nation of five contests
	@scripts/deps bench
	@nice bench/release.py

bench-read: build ## measure the reader: pages, digits, each gate, malformed images (FORMS=300, REKAP_DATA)
	@ninja -C $(BUILD) --quiet bench/readgates
	@bench/read.py --forms $${FORMS:-300} --tesseract 300
	@bench/malformed.py --count $${MALFORMED:-5000}

reproducible: deps ## build twice in other folders, locales, times; compare bit for bit (WANT=hash: which program is it)
	@nice scripts/reproducible $(WANT)

sbom: build ## print what the programs are made of (SPDX 2.3)
	@$(BUILD)/rekap sbom

clean: ## remove what was built (counted elections in var/ stay)
	@rm -rf $(BUILD) tests/browser/node_modules

install: build ## install the program and its man pages (DESTDIR and PREFIX are honoured)
	@meson configure $(BUILD) -Dprefix=$${PREFIX:-/usr/local}
	@meson install -C $(BUILD)
