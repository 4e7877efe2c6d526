"""Tests; kernels compiled for them are kept where the benchmarks keep theirs."""

from benchmarks.kernel_cache import keep_kernels

keep_kernels()
