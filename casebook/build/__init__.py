"""The build: steps, cache, state, staged output, Pelican adapter, workers."""
