"""Gives exported files to TRL's own preparation and compares the texts that would be trained on with the labeler's.

Usage: conformance.py FOLDER, where FOLDER/data is a data set and FOLDER/expected.json what should be in it. No model, no
training, no download: a byte-level tokenizer with a ChatML template is made here. The functions called are private to TRL
1.16.0, so it is pinned.
"""

import collections
import importlib
import json
import sys
import types

import datasets
import transformers
import trl
from byte_tokenizer import byte_level_tokenizer
from trl.data_utils import is_conversational
from trl.trainer import reward_trainer

folder = sys.argv[1]
datasets.disable_progress_bars()
transformers.logging.set_verbosity_error()
with open(f"{folder}/expected.json", encoding="utf-8") as file:
    expected = json.load(file)
with open(f"{folder}/data/manifest.json", encoding="utf-8") as file:
    manifest = json.load(file)

tokenizer = byte_level_tokenizer()
CONTROL_IDS = set(tokenizer.convert_tokens_to_ids(["<|im_start|>", "<|im_end|>"]))


def text(ids):
    return tokenizer.decode(ids, skip_special_tokens=False)


def turn(role, content):
    return f"<|im_start|>{role}\n{content}<|im_end|>\n"


def context(messages):
    """What the model sees before it answers."""
    return "".join(turn(each["role"], each["content"]) for each in messages) + "<|im_start|>assistant\n"


def answer(content):
    """What it is to write, with the end of its turn."""
    return f"{content}<|im_end|>\n"


def prepared(trainer, config, rows, name, *extra):
    """The rows as this trainer would hand them to its model."""
    stub = types.SimpleNamespace(
        _tokenizer=tokenizer,
        _is_vision_dataset=False,
        chat_template=None,
        completion_only_loss=True,
        calculate_KL=True,
        desirable_weight=1.0,
        undesirable_weight=1.0,
    )
    args = config(output_dir=f"{folder}/unused", report_to="none", use_cpu=True, bf16=False, max_length=4096)
    return trainer._prepare_dataset(stub, rows, tokenizer, args, *extra, name)


n_passed = 0
failures = []


def check(title, is_so, detail=""):
    global n_passed
    if is_so:
        n_passed += 1
    else:
        failures.append(title)
        print(f"FAILED {title}{detail}")


def compare(title, found, wanted):
    """Both as lists of tuples: each wanted one is a check, and one more that there is nothing else."""
    left = collections.Counter(found)
    for row in wanted:
        check(f"{title}: {row!r}", left[row] > 0)
        left[row] -= 1
    rest = [row for row, count in left.items() if count > 0]
    check(f"{title}: nothing else", not rest, f"\n  found besides: {rest!r}")


def splits(format):
    with_splits = datasets.load_dataset(f"{folder}/data", format, cache_dir=f"{folder}/cache")
    for split, rows in with_splits.items():
        check(f"{format} {split} is conversational", all(is_conversational(row) for row in rows))
    return with_splits.items()


def plain_splits(format):
    with_splits = datasets.load_dataset(f"{folder}/data", format, cache_dir=f"{folder}/cache")
    for split, rows in with_splits.items():
        check(f"{format} {split} is plain", not any(is_conversational(row) for row in rows))
    return with_splits.items()


# Preferences, as DPO and as a reward model are trained.
found, rewarded = [], []
n_forged = 0
for split, rows in splits("trl-preference"):
    for row in prepared(trl.DPOTrainer, trl.DPOConfig, rows, split):
        found.append((text(row["prompt_ids"]), text(row["chosen_ids"]), text(row["rejected_ids"])))
        # The end of the turn is the only control token that an answer brings itself.
        n_control = [sum(each in CONTROL_IDS for each in row[side]) for side in ("chosen_ids", "rejected_ids")]
        n_forged += any(count > 1 for count in n_control)
    for row in prepared(trl.RewardTrainer, trl.RewardConfig, rows, split):
        rewarded.append((text(row["chosen_ids"]), text(row["rejected_ids"])))
pairs = [(context(each["messages"]), answer(each["chosen"]), answer(each["rejected"])) for each in expected["preferences"]]
compare("DPO", found, pairs)
compare("reward", rewarded, [(prompt + chosen, prompt + rejected) for prompt, chosen, rejected in pairs])
warned = [each for each in manifest["formats"]["trl-preference"]["findings"] if each["code"] == "control-token"]
check("the export warned of every row with a forged turn", n_forged > 0 and [each["nRows"] for each in warned] == [n_forged])

# The same with margins, as a reward model is trained: the collator must find a number in every row.
found = []
for split, rows in splits("trl-reward"):
    check("a margin is a float", str(rows.features["margin"].dtype) == "float64")
    ready = list(prepared(trl.RewardTrainer, trl.RewardConfig, rows, split))
    batch = reward_trainer.DataCollatorForPreference(pad_token_id=0)(ready)
    for row, margin in zip(ready, batch["margin"].tolist(), strict=True):
        found.append((text(row["chosen_ids"]), text(row["rejected_ids"]), round(margin, 5)))
compare(
    "margin",
    found,
    [
        (prompt + chosen, prompt + rejected, round(float(each["margin"]), 5))
        for (prompt, chosen, rejected), each in zip(pairs, expected["preferences"], strict=True)
    ],
)

# Steps: as written, and as the trainer of process reward models prepares them.
found = []
for split, rows in plain_splits("trl-stepwise"):
    for row in rows:
        found.append((row["prompt"], tuple(row["completions"]), tuple(row["labels"])))
        check("a label is true or false", all(isinstance(label, bool) for label in row["labels"]))
compare(
    "steps",
    found,
    [(each["prompt"], tuple(each["completions"]), tuple(each["labels"])) for each in expected["steps"]],
)
with open(f"{folder}/steps.json", encoding="utf-8") as file:
    steps = json.load(file)
found = []
for row in steps:
    # The label sits on the separator after each step: the text up to it, and the label.
    ends = [at for at, label in enumerate(row["labels"]) if label != -100]
    found.append(tuple((text(row["input_ids"][: at + 1]), row["labels"][at]) for at in ends))
compare(
    "PRM",
    found,
    [
        tuple(
            (each["prompt"] + "".join(f"{step}\n" for step in each["completions"][: index + 1]), int(label))
            for index, label in enumerate(each["labels"])
        )
        for each in expected["steps"]
    ],
)

# Scores: plain texts and whole numbers.
found = []
for split, rows in plain_splits("helpsteer"):
    for row in rows:
        check("a score is whole", all(isinstance(value, int) for key, value in row.items() if key not in ("prompt", "response")))
        found.append(tuple(row.items()))
compare("scores", found, [tuple(each.items()) for each in expected["scores"]])

# Answers to imitate: the loss falls on the answer alone.
found = []
for split, rows in splits("trl-sft"):
    for row in prepared(trl.SFTTrainer, trl.SFTConfig, rows, split, False, None):
        trained = [token for token, label in zip(row["input_ids"], row["labels"]) if label != -100]
        found.append((text(row["input_ids"]), text(trained)))
compare(
    "SFT",
    found,
    [(context(each["messages"]) + answer(each["completion"]), answer(each["completion"])) for each in expected["answers"]],
)

# The same as whole chats.
found = []
for split, rows in splits("openai-chat"):
    found += [
        (text(row["input_ids"]),) for row in prepared(trl.SFTTrainer, trl.SFTConfig, rows, split, False, None)
    ]
compare("chat", found, [(context(each["messages"]) + answer(each["completion"]),) for each in expected["answers"]])

# Good enough or not.
found = []
for split, rows in splits("trl-kto"):
    for row in prepared(trl.KTOTrainer, trl.KTOConfig, rows, split):
        check("a label is true or false", isinstance(row["label"], bool))
        found.append((text(row["prompt_ids"]), text(row["completion_ids"]), row["label"]))
compare(
    "KTO",
    found,
    [(context(each["messages"]), answer(each["completion"]), each["label"]) for each in expected["labels"]],
)

# The configuration files of the presets, through the parser of the scripts that they name.
with open(f"{folder}/configs.json", encoding="utf-8") as file:
    configs = json.load(file)
for config in configs:
    parser = importlib.import_module(config["module"]).make_parser()
    script, training, model, _ = parser.parse_args_and_config(["--config", config["file"]])
    found = (model.model_name_or_path, script.dataset_name, script.dataset_config, training.output_dir)
    wanted = (config["model"], config["dataset"], config["format"], f"{config['run']}/output")
    check(f"{config['module']} reads {wanted!r}", found == wanted, f"\n  as {found!r}")
    safe = (training.trust_remote_code, training.push_to_hub, list(training.report_to or []))
    check(f"{config['module']} stays at home", safe in [(False, False, []), (False, False, ["none"])], f": {safe!r}")
    check(f"{config['module']} trains an adapter", model.use_peft and 0 < training.learning_rate < 1e-2)

print(f"{n_passed} passed, {len(failures)} failed")
sys.exit(1 if failures else 0)
