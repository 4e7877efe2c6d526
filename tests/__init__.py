"""Tests; kernels compiled for them are kept where the benchmarks keep theirs."""

import os

from benchmarks.kernel_cache import keep_kernels

keep_kernels()
os.environ.setdefault("LINGGONG_POOLS", "false")  # processes that tests start: ready without compiling
