"""Superset as code: its assets in Superset's export format, and the Superset of this installation that shows them."""
