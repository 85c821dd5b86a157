#!/usr/bin/env python3
"""Trains the digit net on real boxes (their training blocks) and on crops of synthetic photos.

    REKAP_DATA=... train/train.py --crops train.npz --out net.pt [--epochs 10] [--seed 1] [--blocks 0,1,3]

One thread, seeded: the same versions and machine give the same weights."""
import argparse
import time

import cv2
import numpy as np
import torch

import common
import net as nets

REAL_TIMES = 8  # each real box is seen so often an epoch, each time distorted anew


def as_net_sees(images):
    """Real boxes are 28 x 28 with the frame's outer edges at about 1.2 and 26.8: to 2 and 30 of 32."""
    k = (common.FRAME[1] - common.FRAME[0]) / (26.8 - 1.2)
    m = np.array([[k, 0, common.FRAME[0] - 1.2 * k + (k - 1) / 2], [0, k, common.FRAME[0] - 1.2 * k + (k - 1) / 2]])
    return np.stack([cv2.warpAffine(i, m, (common.SIDE, common.SIDE), flags=cv2.INTER_CUBIC,
                                    borderMode=cv2.BORDER_REPLICATE) for i in images])


def shrink(rng, x):
    """The writing made smaller inside its frame: small digits are rare among the real boxes, and misread."""
    inner = x[5:27, 5:27].astype(np.float32)
    paper = cv2.GaussianBlur(cv2.dilate(inner, np.ones((9, 9), np.uint8)), (0, 0), 2.5)
    fade = np.minimum(np.arange(22), np.arange(22)[::-1]).clip(0, 2).astype(np.float32) / 2
    dark = (paper - inner - 2).clip(0) * np.minimum(fade[:, None], fade[None, :])
    k, c = rng.uniform(0.5, 0.9), 10.5
    off = np.array([c, c]) * (1 - k) + rng.normal(0, 1.2, 2)
    dark = cv2.warpAffine(dark, np.array([[k, 0, off[0]], [0, k, off[1]]]), (22, 22), flags=cv2.INTER_LINEAR)
    y = x.copy()
    y[5:27, 5:27] = np.clip(paper - dark, 0, 255).astype(np.uint8)
    return y


def distort(rng, image, real):
    """Registration, light, blur and noise once more."""
    n, c = common.SIDE, (common.SIDE - 1) / 2
    if rng.random() < 0.2:
        image = shrink(rng, image)
    s = 0.07 if real else 0.04
    a = rng.normal(0, 0.04)
    m = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) @ np.diag(np.exp(rng.normal(0, s, 2)))
    m[0, 1] += rng.normal(0, 0.04)
    off = np.array([c, c]) - m @ [c, c] + rng.normal(0, 0.9 if real else 0.6, 2)
    x = cv2.warpAffine(image, np.column_stack([m, off]), (n, n), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    x = x.astype(np.float32)
    u = rng.random(4)
    if u[0] < 0.2:
        x = cv2.GaussianBlur(x, (0, 0), rng.uniform(0.4, 1.2))
    if u[1] < 0.3:
        g, t = np.linspace(-1, 1, n, dtype=np.float32), rng.uniform(0, 2 * np.pi)
        x = x * (1 + rng.uniform(0, 0.3) * (g[None, :] * np.cos(t) + g[:, None] * np.sin(t)))
    if u[2] < 0.3:
        x = 255 * (np.clip(x, 0, 255) / 255) ** np.float32(np.exp(rng.normal(0, 0.35)))
    if u[3] < 0.4:
        x = x + rng.normal(0, rng.uniform(1, 12), x.shape)
    return np.clip(x, 0, 255).astype(np.uint8)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--crops", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--epochs", type=int, default=10)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--blocks", default=",".join(map(str, common.SPLIT["train"])))
    p.add_argument("--start", help="go on from these weights, without a warming up")
    p.add_argument("--stop", type=int, default=99, help="stop after so many epochs of the plan")
    p.add_argument("--limit", type=int, default=0, help="use only so many crops (a quick try)")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    torch.use_deterministic_algorithms(True)
    rng = np.random.default_rng(a.seed)
    cv2.setNumThreads(1)

    boxes = common.Boxes()
    own = boxes.of("train", [int(b) for b in a.blocks.split(",")])
    crops = np.load(a.crops)
    cx, cy = crops["x"], crops["y"].astype(int)
    if a.limit:
        cx, cy = cx[:a.limit], cy[:a.limit]
    x = np.concatenate([as_net_sees(boxes.images[own]), cx])
    y = np.concatenate([boxes.label[own], cy])
    index = np.concatenate([np.repeat(np.arange(len(own)), REAL_TIMES), np.arange(len(own), len(x))])
    net = nets.Net().to(memory_format=torch.channels_last)
    if a.start:
        net.load_state_dict(torch.load(a.start))
    mean = nets.Net()  # running mean of the weights: what is kept
    mean.load_state_dict(net.state_dict())
    print(f"{sum(q.numel() for q in net.parameters())} parameters, {len(own)} real boxes x {REAL_TIMES}, {len(cx)} crops", flush=True)
    step = torch.optim.AdamW(net.parameters(), lr=a.rate, weight_decay=0.02)
    batch, total = 128, a.epochs * (len(index) // 128)
    plan = torch.optim.lr_scheduler.OneCycleLR(step, a.rate, total_steps=total, pct_start=0.02 if a.start else 0.15)
    loss_of, done = torch.nn.CrossEntropyLoss(label_smoothing=0.01), 0
    for epoch in range(min(a.epochs, a.stop)):
        began, seen, right, loss_sum = time.time(), 0, 0, 0.0
        net.train()
        rng.shuffle(index)
        for i in range(0, len(index) - batch + 1, batch):
            at = index[i:i + batch]
            xb = nets.standard(np.stack([distort(rng, x[j], j < len(own)) for j in at])).to(memory_format=torch.channels_last)
            yb = torch.from_numpy(y[at])
            out = net(xb)
            loss = loss_of(out, yb)
            step.zero_grad()
            loss.backward()
            step.step()
            plan.step()
            done += 1
            keep = min(0.998, done / (done + 10))
            with torch.no_grad():
                for m, q in zip(mean.parameters(), net.parameters()):
                    m.mul_(keep).add_(q, alpha=1 - keep)
            seen, right, loss_sum = seen + len(at), right + int((out.argmax(1) == yb).sum()), loss_sum + float(loss) * len(at)
        print(f"epoch {epoch + 1}: loss {loss_sum / seen:.4f}, right {100 * right / seen:.2f} % of {seen}, {time.time() - began:.0f} s", flush=True)
        torch.save(mean.state_dict(), a.out)


if __name__ == "__main__":
    main()
