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


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(1, 16, 3, padding=1)
        self.c2 = nn.Conv2d(16, 24, 3, padding=1)
        self.c3 = nn.Conv2d(24, 32, 3, padding=1)
        self.c4 = nn.Conv2d(32, 48, 3, padding=1)
        self.c5 = nn.Conv2d(48, 64, 3, padding=1)
        self.d1 = nn.Linear(64 * 4 * 4, 48)
        self.d2 = nn.Linear(48, common.CLASSES)
        self.drop = nn.Dropout(0.25)

    def forward(self, x):
        x = torch.max_pool2d(torch.relu(self.c1(x)), 2)
        x = torch.relu(self.c2(x))
        x = torch.max_pool2d(torch.relu(self.c3(x)), 2)
        x = torch.relu(self.c4(x))
        x = torch.max_pool2d(torch.relu(self.c5(x)), 2)
        return self.d2(self.drop(torch.relu(self.d1(self.drop(x.flatten(1))))))


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
    out = [MAGIC, struct.pack("<IIIffI", 10, common.SIDE, common.CLASSES, temperature, STD_FLOOR, 0)]
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
    conv(net.c1)
    pool(16)
    conv(net.c2)
    conv(net.c3)
    pool(32)
    conv(net.c4)
    conv(net.c5)
    pool(64)
    dense(net.d1, 64)
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
