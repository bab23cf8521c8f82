"""Benchmarks: `python -m bench [NAME …]` (or `make bench`) runs them, prints a table, writes JSON below bench/results/.

A benchmark is a module of this package (`batch`, `reports`, `web`) with a function `run() -> list[Row]`. A row (see
`bench.table`) is one measured value, with a limit where the product promises one. What cannot be measured on this
machine is a row without a value whose note says why. Modules are found by themselves: to add one, write it.
"""
