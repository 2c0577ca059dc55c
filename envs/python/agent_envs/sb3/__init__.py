"""Stable-Baselines3 zips as expert packages, read without running anything that they hold.

A zip keeps its settings as pickles, and loading a pickle can run code. Here only names, numbers and arrays are taken
out (``unpickle``); neither Stable-Baselines3 nor PyTorch is needed.
"""
