#!/usr/bin/env python3
"""Calibrates a trained net, writes the weights file, and says how good it is.

    REKAP_DATA=... train/evaluate.py --net net.pt --calibrate cal.npz --test test.npz --weights models/digit-3.bin
                    [--disagree FILE.csv] [--json FILE]

The temperature is fitted on the calibration block of the real boxes and the calibration crops, half the weight each;
thresholds are chosen there too. All accuracies are of the test block and the test crops, with the weights rounded as
they are saved."""
import argparse
import csv
import json

import numpy as np
import torch

import common
import crops as cropping
import net as nets
import train as training


def softmax(z, t):
    z = z / t
    z = np.exp(z - z.max(1, keepdims=True))
    return z / z.sum(1, keepdims=True)


def nll(z, y, t):
    return -np.log(np.maximum(softmax(z, t)[np.arange(len(y)), y], 1e-12)).mean()


def fit_temperature(sets):
    grid = np.exp(np.linspace(np.log(0.4), np.log(4), 231))
    return float(grid[np.argmin([sum(nll(z, y, t) for z, y in sets) for t in grid])])


def reliability(p, y):
    """Bins of confidence: (from, to, n, mean confidence, share right); and the expected calibration error."""
    edges = [0, 0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9999, 1.0000001]
    conf, right = p.max(1), p.argmax(1) == y
    bins, ece = [], 0.0
    for a, b in zip(edges, edges[1:]):
        m = (conf >= a) & (conf < b)
        if m.any():
            bins.append((a, min(b, 1.0), int(m.sum()), float(conf[m].mean()), float(right[m].mean())))
            ece += m.mean() * abs(conf[m].mean() - right[m].mean())
    return bins, float(ece)


def threshold(p, y, precision):
    """The smallest confidence above which the share right is at least `precision` on these boxes."""
    order = np.argsort(-p.max(1))
    right = (p.argmax(1) == y)[order]
    ok = np.cumsum(right) / np.arange(1, len(right) + 1) >= precision
    return float(p.max(1)[order][np.nonzero(ok)[0].max()]) if ok.any() else 1.0


def percent(right, n):
    return f"{100 * right / max(n, 1):6.2f} % ({n - right} wrong of {n})"


def as_labelled(pred, given):
    """Class 0 of the source mixes 0 and X; a box called blank is wrong under every given label."""
    return (pred == given) | ((given == 0) & (pred == common.X))


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--net", required=True)
    p.add_argument("--calibrate", required=True)
    p.add_argument("--test", required=True)
    p.add_argument("--weights")
    p.add_argument("--disagree", help="list every real box (all blocks) that the net reads otherwise")
    p.add_argument("--json")
    a = p.parse_args()
    torch.set_num_threads(1)
    net = nets.trained(a.net)
    boxes, out = common.Boxes(), {}
    z = nets.logits(net, training.as_net_sees(boxes.images))
    cal, test = boxes.of("calibrate"), boxes.of("test")
    crop = {k: np.load(f) for k, f in (("cal", a.calibrate), ("test", a.test))}
    cz = {k: nets.logits(net, c["x"]) for k, c in crop.items()}
    cy = {k: c["y"].astype(int) for k, c in crop.items()}

    sets = {"real boxes": (z[cal], boxes.label[cal]), "synthetic crops": (cz["cal"], cy["cal"])}
    t = fit_temperature(sets.values())
    for name, (zz, yy) in sets.items():
        print(f"temperature of the calibration {name} alone: {fit_temperature([(zz, yy)]):.3f}")
    print(f"temperature: {t:.3f}")
    out["temperature"] = t
    if a.weights:
        out["sha256"] = nets.save(net, a.weights, t)
        print(f"{a.weights}: SHA-256 {out['sha256']}")

    pred = z.argmax(1)
    every = boxes.of("test", labelled=False)
    right = as_labelled(pred[every], boxes.given[every])
    out["real_as_labelled"] = [int(right.sum()), len(every)]
    print("\nreal boxes, test block")
    print("  labels as given (0 and X one class):  ", percent(int(right.sum()), len(every)))
    for name, keep in (("corrected labels, 12 classes:", boxes.label[test] >= 0), ("corrected labels, digits only:", boxes.label[test] < 10),
                       ("X only:", boxes.label[test] == 10), ("0 only:", boxes.label[test] == 0)):
        i = test[keep]
        r = int((pred[i] == boxes.label[i]).sum())
        out["real " + name] = [r, len(i)]
        print(f"  {name:38s}", percent(r, len(i)))
    wrong = test[pred[test] != boxes.label[test]]
    print("  wrong:", ", ".join(f"#{i} {common.NAMES[boxes.label[i]]}->{common.NAMES[pred[i]]}" for i in wrong) or "none")

    print("\nsynthetic photo crops, test split (real ink from the test block): right of all")
    s, l = crop["test"]["style"], crop["test"]["level"]
    ok = cz["test"].argmax(1) == cy["test"]
    print(f"  {'':10s}" + "".join(f"{v:>28s}" for v in (*cropping.LEVELS, "all")))
    for k, style in enumerate(cropping.STYLES[:3]):
        cells = [ok[(s == k) & (l == j)] for j in range(3)] + [ok[s == k]]
        out["crops " + style] = [[int(c.sum()), len(c)] for c in cells]
        print(f"  {style:10s}" + "".join(f"{percent(int(c.sum()), len(c)):>30s}" for c in cells))
    for name, m in (("digits", cy["test"] < 10), ("X", cy["test"] == 10), ("blank, dash", cy["test"] == 11)):
        print(f"  {name:12s}", percent(int(ok[m].sum()), int(m.sum())))

    for name, (zc, yc, zt, yt) in {"real boxes": (z[cal], boxes.label[cal], z[test], boxes.label[test]),
                                   "synthetic crops": (cz["cal"], cy["cal"], cz["test"], cy["test"])}.items():
        pc, pt = softmax(zc, t), softmax(zt, t)
        bins, ece = reliability(pt, yt)
        print(f"\n{name}: reliability on the test split (expected calibration error {100 * ece:.2f} %, log loss {nll(zt, yt, t):.4f})")
        print("  confidence          boxes   mean conf.   right")
        for lo, hi, n, c, r in bins:
            print(f"  {lo:.4f} - {hi:.4f} {n:8d}     {c:.4f}     {r:.4f}")
        print("  threshold chosen on the calibration split -> on the test split")
        for want in (0.995, 0.998, 0.999, 0.9995):
            cut = threshold(pc, yc, want)
            take = pt.max(1) >= cut
            good = int((pt.argmax(1) == yt)[take].sum())
            print(f"  {want:.4f}: confidence >= {cut:.5f}, coverage {100 * take.mean():6.2f} %, right {percent(good, int(take.sum()))}")
            out[f"{name} threshold {want}"] = [cut, float(take.mean()), good, int(take.sum())]
        for cut in (0.9, 0.99, 0.999):
            take = pt.max(1) >= cut
            good = int((pt.argmax(1) == yt)[take].sum())
            print(f"  confidence >= {cut}: coverage {100 * take.mean():6.2f} %, right {percent(good, int(take.sum()))}")
        out[name + " reliability"] = bins
    if a.disagree:
        post = softmax(z, t)
        with open(a.disagree, "w", newline="") as f:
            w = csv.writer(f, lineterminator="\n")
            w.writerow(["index", "block", "label", "read", "confidence", "of_label"])
            for i in np.nonzero((boxes.label >= 0) & (pred != boxes.label))[0]:
                w.writerow([i, boxes.block[i], common.NAMES[boxes.label[i]], common.NAMES[pred[i]], f"{post[i].max():.4f}",
                            f"{post[i, boxes.label[i]]:.6f}"])
    if a.json:
        with open(a.json, "w") as f:
            json.dump(out, f, indent=1)


if __name__ == "__main__":
    main()
