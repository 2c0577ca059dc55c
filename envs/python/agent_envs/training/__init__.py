"""Experts for the games: recipes, training, export, import, evaluation. Needs the extra ``train``."""
