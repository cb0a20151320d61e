"""Gives exported steps to TRL 1.13.0, the last release with a trainer of process reward models, for conformance.py to compare.

Usage: prepare_steps.py FOLDER, where FOLDER/data is a data set. Writes FOLDER/steps.json.
"""

import json
import sys

import datasets
from byte_tokenizer import byte_level_tokenizer
from trl.experimental.prm import PRMTrainer

folder = sys.argv[1]
datasets.disable_progress_bars()
tokenizer = byte_level_tokenizer()
rows = []
for split in datasets.load_dataset(f"{folder}/data", "trl-stepwise", cache_dir=f"{folder}/cache").values():
    rows += [PRMTrainer.tokenize_row(row, tokenizer, "\n", 4096, None, False, False) for row in split]
with open(f"{folder}/steps.json", "w", encoding="utf-8") as file:
    json.dump(rows, file)
