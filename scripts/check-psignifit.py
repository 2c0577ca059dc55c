"""Thresholds of psignifit (the reference implementation of Bayesian psychometric functions) on data made here.

    pip install psignifit==4.3 && python scripts/check-psignifit.py > test/eyetest/golden/psignifit.json

For developers: the tests hold src/eyetest against the file that it wrote.
"""

import json
import random
from importlib.metadata import version

import numpy
import psignifit

LEVELS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 40]
ASKED = 20
STEEPNESS = 2 * numpy.log(19)


def right_answer(x: float, threshold: float, width: float, lapse: float, guess: float) -> float:
    return guess + (1 - guess - lapse) / (1 + numpy.exp(-STEEPNESS * (x - threshold) / width))


def main() -> None:
    draws = random.Random(7)
    cases = []
    for choices in (2, 4, 10):
        for threshold in (0.5, 0.8, 1.1):
            counts = []
            for level in LEVELS:
                p = right_answer(numpy.log10(level), threshold, 0.5, 0.02, 1 / choices)
                right = sum(int(draws.random() < p) for _ in range(ASKED))
                counts.append([level, right, ASKED])
            data = numpy.array([[numpy.log10(level), right, asked] for level, right, asked in counts])
            fit = psignifit.psignifit(data, experiment_type=f"{choices}AFC", sigmoid="logistic")
            low, high = fit.confidence_intervals["threshold"]["0.95"]
            cases.append(
                {
                    "choices": choices,
                    "true": threshold,
                    "counts": counts,
                    "threshold": round(float(fit.parameter_estimate["threshold"]), 5),
                    "interval": [round(float(low), 5), round(float(high), 5)],
                }
            )
    print(json.dumps({"psignifit": version("psignifit"), "cases": cases}, indent=1))


if __name__ == "__main__":
    main()
