#!/usr/bin/env python3
"""Trains the digit net on real boxes (their training blocks) and on boxes of synthetic photos.

    REKAP_DATA=... train/train.py --boxes DIR --out net.pt [--crops tr.npz] [--steps 6000] [--seed 1] [--blocks 0,1,3]

One thread, seeded: the same versions and machine give the same weights."""
import argparse
import os
import time

import cv2
import numpy as np
import torch

import common
import net as nets


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


def mean_of(mean, net, keep):
    """Moves the running mean of the weights (and of the normalisation's statistics) by one step."""
    with torch.no_grad():
        for m, q in zip(mean.state_dict().values(), net.state_dict().values()):
            if m.dtype.is_floating_point:
                m.mul_(keep).add_(q, alpha=1 - keep)


class Source:
    """Batches: real boxes distorted anew, boxes of boxes.py's shards, and boxes that the reader cut."""

    def __init__(self, a, rng):
        boxes = common.Boxes()
        own = boxes.of("train", [int(b) for b in a.blocks.split(",")])
        self.rng, self.a = rng, a
        self.real, self.real_y = as_net_sees(boxes.images[own]), boxes.label[own]
        # every class of the real boxes alike: zeros are rare there and common on forms
        count = np.bincount(self.real_y, minlength=common.CLASSES).clip(1)
        weight = (1 / np.sqrt(count))[self.real_y]
        self.real_p = weight / weight.sum()
        self.crop = [np.load(f) for f in a.crops or ()]
        if self.crop:
            self.crop = (np.concatenate([c["x"] for c in self.crop]), np.concatenate([c["y"] for c in self.crop]))
        self.shard, self.at, self.x, self.old = a.first, 0, None, True

    def next_shard(self):
        """A new shard, then old ones while the next is being drawn: drawing boxes costs more than learning from them."""
        def name(n):
            return os.path.join(self.a.boxes, f"{n:05d}.npz")
        self.old = self.shard > 1 and (not self.old or not os.path.exists(name(self.shard)))
        if self.old:
            n = int(self.rng.integers(self.shard))
        else:
            n, self.shard = self.shard, self.shard + 1
        while not os.path.exists(name(n)):
            time.sleep(2)
        f = np.load(name(n))
        order = self.rng.permutation(len(f["y"]))
        if self.a.hard < 1:  # fewer of those that nobody could read: at the end they would say the most
            order = order[(f["level"][order] < 2) | (self.rng.random(len(order)) < self.a.hard)]
        self.x, self.y, self.at = f["x"][order], f["y"][order], 0

    def of_shards(self, n):
        if self.x is None or self.at + n > len(self.y):
            self.next_shard()
        self.at += n
        return self.x[self.at - n:self.at], self.y[self.at - n:self.at]

    def batch(self, size):
        r, k = int(size * self.a.real), int(size * self.a.crop_share) if len(self.crop) else 0
        i = self.rng.choice(len(self.real), r, p=self.real_p)
        x, y = [np.stack([distort(self.rng, self.real[j], True) for j in i])], [self.real_y[i]]
        if k:
            i = self.rng.integers(len(self.crop[1]), size=k)
            x.append(np.stack([distort(self.rng, self.crop[0][j], False) for j in i]))
            y.append(self.crop[1][i])
        bx, by = self.of_shards(size - r - k)
        if self.old:
            bx = np.stack([distort(self.rng, b, False) if self.rng.random() < 0.5 else b for b in bx])
        return np.concatenate([*x, bx]), np.concatenate([*y, by]).astype(int)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--boxes", required=True, help="folder of boxes.py's shards; a missing one is waited for")
    p.add_argument("--first", type=int, default=0)
    p.add_argument("--crops", nargs="*", help="files of readercrops.py")
    p.add_argument("--crop-share", type=float, default=0.15)
    p.add_argument("--real", type=float, default=0.22, help="share of real boxes")
    p.add_argument("--hard", type=float, default=1.0, help="share of the shards' hard boxes that is used")
    p.add_argument("--smooth", type=float, default=0.002, help="label smoothing")
    p.add_argument("--out", required=True)
    p.add_argument("--steps", type=int, default=6000)
    p.add_argument("--rate", type=float, default=2e-3)
    p.add_argument("--end", type=float, default=1.0, help="rate of the last step, in parts of --rate; between them a straight line")
    p.add_argument("--warm", type=int, default=300, help="steps of warming up")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--blocks", default=",".join(map(str, common.SPLIT["train"])))
    p.add_argument("--start", help="go on from this state")
    a = p.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(a.seed)
    torch.use_deterministic_algorithms(True)
    cv2.setNumThreads(1)
    source = Source(a, np.random.default_rng(a.seed))
    net = nets.Net(norm=True).to(memory_format=torch.channels_last)
    mean = nets.Net(norm=True)  # running mean of the weights: what is kept
    step = torch.optim.AdamW(net.parameters(), lr=a.rate, weight_decay=0.02)
    if a.start:
        old = torch.load(a.start)
        net.load_state_dict(old["net"])
        step.load_state_dict(old["step"])
    mean.load_state_dict(net.state_dict())
    print(f"{sum(q.numel() for q in net.parameters())} parameters, {len(source.real)} real boxes, "
          f"{len(source.crop[1]) if len(source.crop) else 0} crops of the reader", flush=True)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=a.smooth)
    began, seen, right, loss_sum = time.time(), 0, 0, 0.0
    net.train()
    for n in range(a.steps):
        for g in step.param_groups:
            g["lr"] = a.rate * min(1.0, (n + 1) / a.warm if a.warm else 1.0) * (1 + (a.end - 1) * n / a.steps)
        x, y = source.batch(128)
        y = torch.from_numpy(y)
        with torch.autocast("cpu", dtype=torch.bfloat16):  # twice as fast where the processor has it; the weights stay whole
            out = net(nets.standard(x).to(memory_format=torch.channels_last))
        loss = loss_of(out.float(), y)
        step.zero_grad()
        loss.backward()
        step.step()
        mean_of(mean, net, min(0.998, n / (n + 10)))
        seen, right, loss_sum = seen + len(y), right + int((out.argmax(1) == y).sum()), loss_sum + float(loss) * len(y)
        if (n + 1) % 250 == 0 or n + 1 == a.steps:
            print(f"step {n + 1}: loss {loss_sum / seen:.4f}, right {100 * right / seen:.2f} %, {time.time() - began:.0f} s, "
                  f"shard {source.shard}", flush=True)
            seen, right, loss_sum = 0, 0, 0.0
            torch.save({"net": net.state_dict(), "step": step.state_dict(), "mean": mean.state_dict()}, a.out + ".tmp")
            os.replace(a.out + ".tmp", a.out)


if __name__ == "__main__":
    main()
