"""The same quantities of the same samples with numpy: TURNS times per line of input, one output line each.

usage: metrology.py TURNS FOLDER FORM BLOCK      FORM is float32 or float64, BLOCK the number of windows per block

Prints `ns per sample TAB mean V TAB mean A TAB mean W` of the first channel. A window is ten cycles of 50 Hz at 8 kHz.
Of each: the fit of constant, cosine and sine to voltage and current, the residual of each square, power, voltage and
current, distortion, angle, min and max cycle, max codes: everything that ours reports per window except the frequency,
which is that of the reference here.
"""
import sys
import time

import numpy as np

WINDOW, CYCLES = 1600, 10


def reference(form):
    angle = 2 * np.pi * np.arange(WINDOW) / (WINDOW / CYCLES)
    basis = np.stack([np.ones(WINDOW), np.cos(angle), np.sin(angle)], axis=1)
    return basis.astype(form), np.linalg.inv(basis.T @ basis)


def measure(voltage, current, scale, form, block, basis, inverse):
    volts, amperes = scale
    parts = []
    for start in range(0, len(voltage), block * WINDOW):
        v = voltage[start:start + block * WINDOW].astype(form).reshape(-1, WINDOW)
        i = current[start:start + block * WINDOW].astype(form).reshape(-1, WINDOW)
        vb, ib = (v @ basis).astype(np.float64), (i @ basis).astype(np.float64)
        cycles = v.reshape(len(v), CYCLES, -1)
        cycle = np.einsum("wcs,wcs->wc", cycles, cycles).astype(np.float64)
        vv, ii = cycle.sum(axis=1), np.einsum("ws,ws->w", i, i).astype(np.float64)
        vi = np.einsum("ws,ws->w", v, i).astype(np.float64)
        vf, jf = vb @ inverse, ib @ inverse
        vrest = np.maximum(0, vv - (vf * vb).sum(axis=1)) / WINDOW
        irest = np.maximum(0, ii - (jf * ib).sum(axis=1)) / WINDOW
        rest = (vi - (vf * ib).sum(axis=1)) / WINDOW
        vfundamental, ifundamental = (vf[:, 1:] ** 2).sum(axis=1) / 2, (jf[:, 1:] ** 2).sum(axis=1) / 2
        voltage_rms = volts * np.sqrt(vfundamental + vrest)
        current_rms = amperes * np.sqrt(ifundamental + irest)
        power = volts * amperes * ((vf[:, 1:] * jf[:, 1:]).sum(axis=1) / 2 + rest)
        reactive = volts * amperes * (vf[:, 1] * jf[:, 2] - vf[:, 2] * jf[:, 1]) / 2
        angle = np.arctan2(jf[:, 2], jf[:, 1]) - np.arctan2(vf[:, 2], vf[:, 1])
        distortion = np.sqrt(vrest / vfundamental), np.sqrt(irest / ifundamental)
        extremes = np.sqrt(cycle.min(axis=1)), np.sqrt(cycle.max(axis=1))
        peaks = np.abs(v).max(axis=1), np.abs(i).max(axis=1)
        parts.append((voltage_rms, current_rms, power, reactive, angle, distortion, extremes, peaks))
    return tuple(float(np.mean(np.concatenate([part[k] for part in parts]))) for k in range(3))


def main():
    turns, folder, form, block = int(sys.argv[1]), sys.argv[2], np.dtype(sys.argv[3]), int(sys.argv[4])
    scale = tuple(float(text) for text in open(f"{folder}/scale").read().split())
    channels = [(np.fromfile(f"{folder}/voltage{k}", "<i2"), np.fromfile(f"{folder}/current{k}", "<i4"))
                for k in range(2)]
    basis, inverse = reference(form)
    for _ in sys.stdin:
        for _ in range(turns):
            start = time.perf_counter_ns()
            results = [measure(v, i, scale, form, block, basis, inverse) for v, i in channels]
            taken = time.perf_counter_ns() - start
            print(taken / (2 * len(channels[0][0])), *results[0], sep="\t", flush=True)


main()
