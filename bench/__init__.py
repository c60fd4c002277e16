"""The performance bench: ratios inside one run, each beside a floor measured with the same driver.

Run it with `make bench`; goals and what they were measured to be are in docs/performance.md.
"""
