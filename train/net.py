"""The net of the digit classifier, its input, and its weights file. src/read/net.h is the same in C."""
import hashlib
import struct

import numpy as np
import torch
from torch import nn

import common

STD_FLOOR = 8.0  # grey levels; a box with less contrast is not blown up to full
MAGIC = b"rekapNN\x01"
CONV, POOL, DENSE = 1, 2, 3


CHANNELS = (16, 32, 64, 96, 128)
POOL_AFTER = (0, 2, 4)
HIDDEN = 96


class Net(nn.Module):
    """Five convolutions, three poolings, two dense layers. While it is trained every convolution has a batch
    normalisation; folded() is the same function without, which is what is saved and what C runs."""

    def __init__(self, norm=False):
        super().__init__()
        ins = (1, *CHANNELS[:-1])
        self.conv = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1, bias=not norm) for i, o in zip(ins, CHANNELS))
        self.norm = nn.ModuleList(nn.BatchNorm2d(o) for o in CHANNELS) if norm else None
        self.d1 = nn.Linear(CHANNELS[-1] * 4 * 4, HIDDEN)
        self.d2 = nn.Linear(HIDDEN, common.CLASSES)
        self.drop = nn.Dropout(0.25)

    def forward(self, x):
        for k, c in enumerate(self.conv):
            x = c(x)
            x = torch.relu(self.norm[k](x) if self.norm is not None else x)
            if k in POOL_AFTER:
                x = torch.max_pool2d(x, 2)
        return self.d2(self.drop(torch.relu(self.d1(self.drop(x.flatten(1))))))


def folded(net):
    """The same function with the normalisation inside the convolutions."""
    twin = Net()
    twin.d1.load_state_dict(net.d1.state_dict())
    twin.d2.load_state_dict(net.d2.state_dict())
    with torch.no_grad():
        for k, c in enumerate(net.conv):
            n = net.norm[k]
            scale = n.weight / torch.sqrt(n.running_var + n.eps)
            twin.conv[k].weight.copy_(c.weight * scale[:, None, None, None])
            twin.conv[k].bias.copy_(n.bias - n.running_mean * scale)
    return twin.eval()


def standard(boxes):
    """n,32,32 uint8 -> n,1,32,32 float: mean 0, deviation 1 in each box."""
    x = boxes.astype(np.float64).reshape(len(boxes), -1)
    x = (x - x.mean(1, keepdims=True)) / np.maximum(x.std(1, keepdims=True), STD_FLOOR)
    return torch.from_numpy(x.astype(np.float32).reshape(-1, 1, common.SIDE, common.SIDE))


def logits(net, boxes, batch=500):
    net.eval()
    with torch.no_grad():
        return np.concatenate([net(standard(boxes[i:i + batch])).numpy() for i in range(0, len(boxes), batch)])


def _half(t):
    return t.detach().numpy().astype("<f2")


def save(net, name, temperature):
    """Weights rounded to half precision, a layer after another as the C code walks them; SHA-256 at the end."""
    out = [MAGIC, struct.pack("<IIIffI", len(CHANNELS) + len(POOL_AFTER) + 2, common.SIDE, common.CLASSES, temperature, STD_FLOOR, 0)]
    def conv(c):
        w = _half(c.weight).transpose(2, 3, 1, 0)  # ky kx in out
        out.append(struct.pack("<IIII", CONV, c.in_channels, c.out_channels, 0) + w.tobytes() + _half(c.bias).tobytes())
    def dense(d, channels=None):
        w = _half(d.weight)
        if channels:  # torch flattens channel, row, column; the C code keeps channels last
            w = w.reshape(d.out_features, channels, -1).transpose(0, 2, 1).reshape(d.out_features, -1)
        out.append(struct.pack("<IIII", DENSE, d.in_features, d.out_features, 0) + np.ascontiguousarray(w.T).tobytes() +
                   _half(d.bias).tobytes())
    def pool(channels):
        out.append(struct.pack("<IIII", POOL, channels, channels, 0))
    for k, c in enumerate(net.conv):
        conv(c)
        if k in POOL_AFTER:
            pool(c.out_channels)
    dense(net.d1, CHANNELS[-1])
    dense(net.d2)
    body = b"".join(out)
    data = body + hashlib.sha256(body).digest()
    with open(name, "wb") as f:
        f.write(data)
    return hashlib.sha256(data).hexdigest()


def rounded(net):
    """The same net with the weights as they are saved: what accuracy is measured with."""
    twin = Net()
    twin.load_state_dict({k: v.half().float() for k, v in net.state_dict().items()})
    return twin.eval()


def trained(names):
    """What train.py left: the running mean of the weights (of several files, separated by commas, their mean again),
    folded and rounded as it is saved."""
    state = [torch.load(name)["mean"] for name in names.split(",")]
    mean = {k: sum(s[k] for s in state) / len(state) if v.dtype.is_floating_point else v for k, v in state[0].items()}
    net = Net(norm=True)
    net.load_state_dict(mean)
    return rounded(folded(net))
