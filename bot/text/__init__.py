"""How any text is read, once: digits, numbers, folding, marks of yes and no, signatures, numbered parts.

Imports nothing of the house. No function of it raises for any text, lone surrogates included.
"""
