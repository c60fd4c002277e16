"""What the regulation says. Pure: values in, verdict out; no session, no web, no clock, no log.

Where each rule lives:

* rule_sets/         the numbers of each generation of the rules, every number once, beside its source
* limits.py          what a limit is: amount, unit, basis
* working_days.py    which days are worked: national calendar, moved days, an official's overrides
* deadlines.py       when a limit ends, and the sum that shows it
* sentences.py       limits and dates in translatable words
* ranking.py         the order of being served: out of turn, then one first-priority to three general
* eligibility.py     ages, maximum age, the match of an application and a bulletin
* iin.py             what an IIN or a BIN says about itself
* contract.py        what a contract needs, how often it is returned, what its refusal costs
* consequences.py    what a miss, a silence and a refusal cost, and what may still be done about it
* vouchers.py        one round of issuing vouchers
* description.py     a rule set in words, made from the values the rules decide by
* overrides.py       which numbers of a rule set an official may replace, within which bounds
* lifecycle.py       the table of moves: who may do what, from which state to which; its rows are in moves/
* verdict.py         RuleBroken, the one way a rule says no
"""
