"""The training domain: what can happen, and the rules that decide it. No input, no output, no clock.

One file per aggregate, always in the same order: id, events, state, ``evolve``, commands, ``decide``, errors.
``rules/`` holds pure calculations; ``ports.py`` the few Protocols that the outside implements.
"""
