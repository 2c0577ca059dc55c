"""Experts for the games: recipes, training, export, evaluation. Needs the extra ``train``."""
