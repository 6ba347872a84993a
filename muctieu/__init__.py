"""muctieu: targets and achievements of Vietnam's national target programmes, each traced to its sentence."""

__version__ = "0.1.0"
