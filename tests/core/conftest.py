"""How property tests of the rules run."""

from hypothesis import settings

# A busy machine is no error of the rules: no deadline for one example.
settings.register_profile("rules", deadline=None)
settings.load_profile("rules")
