"""Validates what the program writes against docs/schemas.

Usage: schemas_test.py PROGRAM SOURCE

PROGRAM is the program saccade of a build, SOURCE the folder of the source. Needs python3-jsonschema. An output that
has a field which its schema lacks fails, as every object in the schemas sets additionalProperties to false.
"""

import copy
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

PROGRAM, SOURCE = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
ASSETS = SOURCE / "assets"
SOFT = SOURCE / "models/default"
HARD = SOURCE / "models/flickr8k-hard"
SCHEMAS = {path.name.split(".")[0]: json.loads(path.read_text()) for path in (SOURCE / "docs/schemas").glob("*.json")}

# The calibration needs acceptable and unacceptable captions in both halves of a dev split: of each four photographs
# two get the model's own caption as their reference, the others get one that no model writes.
PHOTOGRAPHS = ["astronaut.jpg", "cameraman.jpg", "cat.jpg", "coffee.jpg", "lake.jpg", "raccoon.jpg", "rocket.jpg"]
ODD_REFERENCE = "seven purple bicycles orbit an upside down library"


def subschemas(schema, path="#"):
    """Every schema in a schema, with its path."""
    yield path, schema
    for keyword in ("properties", "$defs"):
        for name, part in schema.get(keyword, {}).items():
            yield from subschemas(part, f"{path}/{keyword}/{name}")
    for keyword in ("oneOf", "anyOf"):
        for number, part in enumerate(schema.get(keyword, [])):
            yield from subschemas(part, f"{path}/{keyword}/{number}")
    if "items" in schema:
        yield from subschemas(schema["items"], f"{path}/items")


def objects(value, path=()):
    """The path of every object in a JSON value."""
    if isinstance(value, dict):
        yield path
        for key, part in value.items():
            yield from objects(part, path + (key,))
    elif isinstance(value, list):
        for part in value[:1]:
            yield from objects(part, path + (0,))


class Schemas(unittest.TestCase):
    def test_are_valid_and_closed_and_describe_every_field(self):
        self.assertGreater(len(SCHEMAS), 0)
        for name, schema in SCHEMAS.items():
            Draft202012Validator.check_schema(schema)
            for path, part in subschemas(schema):
                with self.subTest(schema=name, path=path):
                    if "properties" in part:
                        self.assertIs(part.get("additionalProperties"), False)
                        for field, meaning in part["properties"].items():
                            self.assertTrue(meaning.get("description"), f"{field} has no description")


class Outputs(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory(prefix="saccade-schemas-")
        cls.addClassCleanup(scratch.cleanup)
        cls.folder = pathlib.Path(scratch.name)

    def run_program(self, *arguments, code=0):
        """Runs the program in the scratch folder and expects an exit code. Returns its standard output."""
        done = subprocess.run(
            [PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True,
            env=dict(os.environ, OMP_NUM_THREADS="1"))
        self.assertEqual(done.returncode, code, f"saccade {' '.join(map(str, arguments))}: {done.stderr}")
        return done.stdout

    def check(self, name, value):
        """Fails unless the value fits its schema, and the schema refuses it with one more field anywhere."""
        validator = Draft202012Validator(SCHEMAS[name])
        error = best_match(validator.iter_errors(value))
        self.assertIsNone(error, error and f"{name}.schema.json does not describe {error.json_path}: {error.message}")
        for path in objects(value):
            changed = copy.deepcopy(value)
            part = changed
            for key in path:
                part = part[key]
            part["a field that the schema lacks"] = 1
            self.assertFalse(validator.is_valid(changed), f"{name}.schema.json allows any field at {path}")

    def check_lines(self, name, text):
        lines = [json.loads(line) for line in text.splitlines()]
        self.assertGreater(len(lines), 0)
        for line in lines:
            self.check(name, line)
        return lines

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text)
        return path

    def write_lines(self, name, lines):
        return self.write(name, "".join(json.dumps(line) + "\n" for line in lines))

    def test_caption(self):
        text = self.run_program("caption", ASSETS / "cat.jpg", "--json", "--beam", 2, "--n-best", 2, "--model", SOFT)
        self.check_lines("caption", text)

    def test_caption_of_hard_attention(self):
        text = self.run_program("caption", ASSETS / "cat.jpg", "--json", "--beam", 1, "--model", HARD)
        (line,) = self.check_lines("caption", text)
        self.assertIn("cell", line["words"][0])

    def test_batch_records(self):
        photographs = self.folder / "photographs"
        photographs.mkdir()
        shutil.copy(ASSETS / "cat.jpg", photographs)
        shutil.copy(SOURCE / "tests/fixtures/images/jpeg-all-pixels-but-no-EOI.jpg", photographs)
        (photographs / "broken.jpg").write_bytes((ASSETS / "cat.jpg").read_bytes()[:500])
        (photographs / os.fsdecode(b"caf\xe9.jpg")).write_bytes((ASSETS / "cat.jpg").read_bytes())
        self.run_program("batch", photographs, "--output", "batch.jsonl", "--beam", 1, "--model", SOFT, code=3)
        lines = self.check_lines("batch-record", (self.folder / "batch.jsonl").read_text())
        self.assertEqual(sum("error" in line for line in lines), 1)
        self.assertEqual(sum("warning" in line for line in lines), 1)
        self.assertEqual(sum("image_bytes" in line for line in lines), 1)
        self.check("batch-state", json.loads((self.folder / "batch.jsonl.saccade.json").read_text()))
        self.run_program(
            "batch", ASSETS / "cat.jpg", "--output", "fields.jsonl", "--beam", 2, "--shard", "0/2", "--fields",
            "words,p,maps,verdicts,n_best", "--model", SOFT)
        self.run_program(
            "batch", ASSETS / "cat.jpg", "--output", "others.jsonl", "--beam", 2, "--shard", "1/2", "--fields",
            "words,p,maps,verdicts,n_best", "--model", SOFT)
        self.check_lines("batch-record", "".join(
            (self.folder / name).read_text() for name in ("fields.jsonl", "others.jsonl")))
        self.check("batch-state", json.loads((self.folder / "others.jsonl.saccade.json").read_text()))

    def test_score(self):
        for model, more in ((SOFT, ()), (HARD, ("--map", "gradient-input"))):
            text = self.run_program(
                "score", ASSETS / "cat.jpg", "--caption", "a zyzzyva and a dog", "--json", "--model", model, *more)
            (line,) = self.check_lines("score", text)
            self.assertIn(False, [word["known"] for word in line["words"]])
        self.assertIn("rank_correlation_with_alpha", line["words"][0])

    def test_attention(self):
        for model, more in ((SOFT, ()), (HARD, ("--rollouts", 3))):
            self.run_program(
                "heatmap", ASSETS / "cat.jpg", "--output", model.name, "--beam", 1, "--model", model, *more)
            attention = json.loads((self.folder / model.name / "attention.json").read_text())
            self.check("attention", attention)
        self.assertIn("rollouts", attention)

    def test_attention_of_several_images(self):
        self.run_program(
            "heatmap", ASSETS / "cat.jpg", self.folder / "missing.jpg", "--output", "several", "--beam", 1, "--model", SOFT,
            "--contour", "--allow-errors")
        self.check_lines("batch-record", (self.folder / "several/captions.jsonl").read_text())
        self.check("heatmap-state", json.loads((self.folder / "several/captions.jsonl.saccade.json").read_text()))

    def test_diagnosis(self):
        text = self.run_program(
            "diagnose", ASSETS / "cat.jpg", "--caption", "a zyzzyva and a dog", "--instead-of", "dog=cat", "--map",
            "gradient-input", "--draws", 1, "--json", "--model", SOFT)
        (line,) = self.check_lines("diagnosis", text)
        self.assertIn("comparison", line)
        self.assertIn(None, [word["verdict"] for word in line["words"]])

    def test_verdicts(self):
        self.check("verdicts", json.loads((SOFT / "verdicts.json").read_text()))

    def test_doctor(self):
        self.check_lines("doctor", self.run_program("doctor", "--json", "--threads", 1))

    def test_metrics(self):
        references = self.write("tokens.txt", "".join(
            f"{image}#{number}\t{caption}\n" for image in ("x.jpg", "y.jpg")
            for number, caption in enumerate(("A dog runs .", "The dog is running ."))))
        captions = self.write_lines("captions.jsonl", [
            {"image": "x.jpg", "caption": "a dog runs"}, {"image": "y.jpg", "caption": "the dog is running"}])
        other = self.write("other.csv", "image,caption\nx.jpg,a cat\ny.jpg,a dog runs\n")
        given = ("metrics", "--hypotheses", captions, "--references", references, "--json")
        self.check("metrics", json.loads(self.run_program(*given, "--no-meteor")))
        self.check("metrics", json.loads(self.run_program(
            *given, "--bootstrap", 20, "--versus", other, "--training", references)))

    def test_phrases(self):
        boxes = self.write_lines("boxes.jsonl", [
            {"image": "x.jpg", "split": "dev", "boxes": [["dog", 0.9, 0.1, 0.2, 0.6, 0.9], ["ball", 0, 0, 1, 1]]}])
        captions = self.write_lines("captions-of-boxes.jsonl", [{"image": "x.jpg", "caption": "A dog runs."}])
        self.run_program("phrases", "--boxes", boxes, "--captions", captions, "--output", "phrases.jsonl")
        self.check_lines("phrases", (self.folder / "phrases.jsonl").read_text())
        self.run_program("phrases", "--boxes", boxes, "--output", "labels.jsonl")
        self.check_lines("phrases", (self.folder / "labels.jsonl").read_text())

    def test_evaluation_and_calibration(self):
        """A calibration fitted to a copy of the default model, and what a caption is like with it."""
        model = self.folder / "calibrated"
        shutil.copytree(SOFT, model)
        data = self.write_lines("data.jsonl", [
            {"image": name, "caption": ODD_REFERENCE, "split": "dev"} for name in PHOTOGRAPHS])
        of_data = ("--data", data, "--images", ASSETS)
        report = self.run_program(
            "evaluate", *of_data, "--json", "--bootstrap", 20, "--output", "said.jsonl", "--model", model)
        self.check("evaluation", json.loads(report))
        said = [json.loads(line) for line in (self.folder / "said.jsonl").read_text().splitlines()]
        for number, line in enumerate(said):
            line["split"] = "dev"
            if number % 4 >= 2:
                line["caption"] = ODD_REFERENCE
        self.write_lines("data.jsonl", said)
        self.run_program("model", "calibrate", model, *of_data)
        self.check("calibration", json.loads((model / "calibration.json").read_text()))
        for confidence, unsure in ((0, False), (1, True)):
            text = self.run_program(
                "caption", ASSETS / "cat.jpg", "--json", "--beam", 1, "--min-confidence", confidence, "--model", model)
            (line,) = self.check_lines("caption", text)
            self.assertEqual(line["caption"] is None, unsure)
            self.run_program(
                "batch", ASSETS / "cat.jpg", "--output", f"{confidence}.jsonl", "--beam", 1, "--min-confidence",
                confidence, "--model", model)
            (line,) = self.check_lines("batch-record", (self.folder / f"{confidence}.jsonl").read_text())
            self.assertEqual(line["caption"] is None, unsure)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
