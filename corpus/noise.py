"""Noise behind a call, of unit power, in the telephone band at 8 kHz."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from corpus.conditions import Noise
from samples.sound import RATE_HZ, Samples, background, to_line

_TALKERS = 6


def noise_of(
    kind: Noise, length: int, talk: Sequence[Samples], rng: np.random.Generator
) -> NDArray[np.float64]:
    """`length` samples. `talk` is what babble is made of: sentences of people who are not on the call."""
    if kind == "babble":
        return _unit(_babble(length, talk, rng))
    if kind == "street":
        return _unit(to_line(_street(length, rng), RATE_HZ))
    return background("keyboard" if kind == "keyboard" else "none", length, [], rng)


def _babble(length: int, talk: Sequence[Samples], rng: np.random.Generator) -> NDArray[np.float64]:
    """Six people talking on and on, at unlike distances."""
    babble = np.zeros(length)
    for _ in range(_TALKERS):
        at, order = -int(rng.integers(2 * RATE_HZ)), list(rng.permutation(len(talk)))
        distance = rng.uniform(0.5, 1.0)
        while at < length:
            if not order:
                order = list(rng.permutation(len(talk)))
            said = talk[order.pop()]
            part = said[max(0, -at) : length - at]
            begin = max(0, at)
            babble[begin : begin + len(part)] += distance * part
            at += len(said) + int(rng.uniform(0.1, 0.6) * RATE_HZ)
    return babble


def _street(length: int, rng: np.random.Generator) -> Samples:
    """A rumble that swells and sinks, and cars that pass: noise that gets louder and duller as a
    car comes nearer, over three to seven seconds, every six on average."""
    white = rng.standard_normal(length)
    rumble = signal.lfilter([1], [1, -0.93], white)
    time = np.arange(length) / RATE_HZ
    swell = 1 + 0.4 * np.sin(2 * np.pi * 0.07 * time + rng.uniform(0, 6)) * np.sin(2 * np.pi * 0.19 * time)
    street = rumble / rumble.std() * swell
    at = -3.0
    while (at := at + rng.exponential(6.0)) < length / RATE_HZ:
        width = rng.uniform(3, 7) / 4
        near = np.exp(-0.5 * ((time - at) / width) ** 2)
        tyres = signal.lfilter([1, -0.6], [1, -0.5 - 0.3 * rng.random()], rng.standard_normal(length))
        street += rng.uniform(0.8, 2.0) * near * tyres / tyres.std()
    return np.asarray(street, np.float32)


def _unit(samples: NDArray[np.floating]) -> NDArray[np.float64]:
    wide = samples.astype(np.float64)
    return np.asarray(wide / np.sqrt((wide**2).mean()), np.float64)
