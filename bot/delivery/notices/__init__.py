"""Telling residents what has become of their requests: when, in how many texts, and why somebody is not told."""
