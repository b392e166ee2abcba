"""Insight: figures for managers. Each page is a list of charts, and each chart a table that is drawn and can be taken along."""
