"""How any text is read, once: folding, digits, numbers, marks of yes and no, signatures. Imports nothing of the house."""
