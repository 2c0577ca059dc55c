"""Demonstrations in files that Python's libraries keep: Minari's HDF5, Arrow and Parquet."""
