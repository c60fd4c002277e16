"""The rows of the table of moves, by what they are made on; app/rules/lifecycle.py puts them together."""
