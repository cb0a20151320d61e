"""Loads every config of the data set folders given, as a person would, and prints what came out as JSON."""

import json
import sys
import tempfile

import datasets

datasets.disable_progress_bars()


def loaded(folder, config):
    with tempfile.TemporaryDirectory() as cache:
        splits = datasets.load_dataset(folder, config, cache_dir=cache)
        return {
            split: {"features": str(rows.features), "rows": [row for row in rows]} for split, rows in splits.items()
        }


print(
    json.dumps(
        {
            folder: {config: loaded(folder, config) for config in datasets.get_dataset_config_names(folder)}
            for folder in sys.argv[1:]
        },
        default=str,
    )
)
