"""The outlines of the provinces: `provinces.json`, drawn by `draw.py` from Natural Earth's borders."""
