"""What every training program needs: where the data lie, how they are split, what was relabelled.

The data are not in the repository (no licence on the real boxes): REKAP_DATA names the folder that
holds digits/ and forms/ (README.md says where they come from). Nothing here reads a test set of
MNIST or writes an image into the repository."""
import csv
import gzip
import hashlib
import json
import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.environ.get("REKAP_DATA", "")
SIDE = 32  # pixels of a box as the net sees it
FRAME = (2.0, 30.0)  # the frame's outer edges in that box (pixel edges: 28 of 32 pixels)
X, BLANK, CLASSES = 10, 11, 12
NAMES = "0123456789X_"

# Five blocks of consecutive items within each class as given: neighbours often come from one form,
# so a block is never shared. Three train, one calibrates, one tests.
BLOCKS = 5
SPLIT = {"train": (0, 1, 3), "calibrate": (4,), "test": (2,)}


if not os.path.isdir(os.path.join(DATA, "digits")):
    raise SystemExit("set REKAP_DATA to the folder that holds digits/ and forms/ (train/README.md says what is in them)")


def _idx(name, offset):
    with gzip.open(os.path.join(DATA, "digits", name + ".gz")) as f:
        return np.frombuffer(f.read(), np.uint8, offset=offset)


def mnist(split):
    """MNIST's training file only, as ink (0 nothing, 255 ink): 50,000 train, 5,000 calibrate, 5,000 test."""
    images = _idx("mnist-train-images-idx3-ubyte", 16).reshape(-1, 28, 28)
    labels = _idx("mnist-train-labels-idx1-ubyte", 8)
    a, b = {"train": (0, 50000), "calibrate": (50000, 55000), "test": (55000, 60000)}[split]
    return images[a:b], labels[a:b]


def box_hash(image):
    return hashlib.sha256(image.tobytes()).hexdigest()[:16]


def label_fixes():
    """{index: label} of labels-fix.csv; 'drop' (nobody can say what it is) becomes -1."""
    fixes = {}
    with open(os.path.join(HERE, "labels-fix.csv"), newline="") as f:
        for row in csv.DictReader(f):
            label = -1 if row["label"] == "drop" else NAMES.index(row["label"])
            fixes[int(row["index"])] = (row["hash"], label)
    return fixes


class Boxes:
    """The real 2024 boxes: images (0 ink, 255 paper), given and corrected labels, block, kept or not."""

    def __init__(self):
        self.images = _idx("sirekap2024-train-images-idx3-ubyte", 16).reshape(-1, 28, 28)
        self.given = _idx("sirekap2024-train-labels-idx1-ubyte", 8).astype(int)
        self.label = self.given.copy()
        hashes = [box_hash(i) for i in self.images]
        for index, (h, label) in label_fixes().items():
            if hashes[index] != h:
                raise SystemExit(f"labels-fix.csv: box {index} has hash {hashes[index]}, not {h}: other data")
            self.label[index] = label
        self.block = np.zeros(len(self.given), int)
        for c in range(10):
            at = np.nonzero(self.given == c)[0]
            self.block[at] = np.arange(len(at)) * BLOCKS // len(at)
        seen, self.first = set(), np.zeros(len(self.given), bool)
        for i, h in enumerate(hashes):
            self.first[i] = h not in seen
            seen.add(h)

    def of(self, split, blocks=None, labelled=True):
        """Indices of a split (or of given blocks), without repeated contents and, if labelled,
        without the boxes nobody can label."""
        keep = np.isin(self.block, SPLIT[split] if blocks is None else blocks) & self.first
        if labelled:
            keep &= self.label >= 0
        return np.nonzero(keep)[0]


def geometry():
    with open(os.path.join(DATA, "forms", "geometry.json")) as f:
        return json.load(f)
