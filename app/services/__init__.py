"""What people and the clock do: one function per official act, in five beats –
lock the row, look again, ask the rule, change, write the event and the messages. Services never commit.

Locks are always taken in this order, so that no two acts wait for each other in a circle:
application → claim, referral, contract, stop-list entry → bulletin → group.
"""
