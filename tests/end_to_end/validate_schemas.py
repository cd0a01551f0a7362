#!/usr/bin/env python3
"""Validates every JSON that the program prints against the schema that the program publishes.

usage: validate_schemas.py PROGRAM, from the source root."""
import copy
import json
import os
import subprocess
import sys
import tempfile

try:
    import jsonschema
except ImportError:
    sys.exit("FAILED: python3-jsonschema is missing, so no report can be validated (apt-get install python3-jsonschema)")

EDGE = "tests/profiles/edge.toml"
MODELS = ["resnet18.onnx", "mobilenet_v3_small.onnx", "vit_b_32.onnx", "maxvit_t.onnx", "shufflenet_v2_x1_0.onnx"]


def run(program, *words):
    done = subprocess.run([program, *words], capture_output=True)
    if done.returncode != 0:
        sys.exit(f"FAILED: {' '.join(words)}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout


def commands(saved, box):
    model = "tests/models/" + MODELS[0]
    for name in MODELS:
        yield ["analyze", "tests/models/" + name, "--hw", EDGE]
    yield ["analyze", model, "--hw", "t4", "--precision", "fp16", "--set", "memory.capacity_bytes=1e9"]
    yield ["analyze", model, "tests/models/" + MODELS[1], "--hw", EDGE]
    yield ["analyze", "tests/models/modern/bert_base_dynamo.onnx", "--hw", EDGE, "--sweep", "seq=16,32", "--sweep", "batch=1,2,3"]
    yield ["explain", model, "--hw", EDGE, "--node", "/conv1/Conv"]
    yield ["explain", saved, "--node", "/conv1/Conv"]
    yield ["sensitivity", model, "--hw", EDGE]
    yield ["diff", model, "--hw", EDGE, "--hw", "i7-12700k"]
    yield ["diff", model, "tests/models/" + MODELS[1], "--hw", EDGE]
    yield ["diff", saved, saved]
    yield ["compare", model, "--hw", "all"]
    yield ["hw", "list"]
    yield ["hw", "show", EDGE]
    yield ["hw", "show", "i7-12700k:large"]
    yield ["hw", "check", EDGE]
    yield ["ops", "list"]
    yield ["calibrate", "--from", "tests/measurements/sapphire_rapids/generated", "-o", box, "--l2", "2MiB", "--runtime-version", "1.26"]
    yield ["calibrate", "--from", "tests/measurements/sapphire_rapids/generated", "--op", "softmax", "--update", box]
    yield ["validate", box, "--from", "tests/measurements/sapphire_rapids/models", "--baseline", box]
    yield ["history", box]
    yield ["curves", box, "--from", "tests/measurements/sapphire_rapids/models", "--threads", "1", "--runtime-version", "1.26.0"]
    yield ["curves", "i7-12700k"]
    runs = "tests/measurements/"
    yield ["import", runs + "epyc_zen4/models/resnet18.json.gz", "--model", model, "--hw", box]
    yield ["import", runs + "openvino/resnet18_benchmark_detailed_counters_report.csv.gz", "--model", model, "--hw", EDGE]
    yield ["import", runs + "pytorch_eager/intel_core_i7_12700k_fp32.tsv.gz", "--model", model, "--hw", "i7-12700k"]
    yield ["import", runs + "tflite/tf_mobilenetv2.csv", "--model", "tests/models/modern/tf_mobilenetv2.onnx", "--hw", EDGE]
    yield ["analyze", model, "--hw", box]
    if "OPCOST_NO_ONNXRUNTIME" not in os.environ:
        runtime = ["--runtime-library", "build/onnxruntime"]
        yield ["executed", model, *runtime]
        yield ["executed", "tests/models/modern/loop_scan_if.onnx", *runtime]
        yield ["executed", model, "--use", "--hw", EDGE, *runtime]
        yield ["measure", model, "--sessions", "1", *runtime]


def refuses(validator, document):
    """Whether the schema notices a wrong document: a schema that takes everything proves nothing."""
    extra = copy.deepcopy(document)
    extra["unheard_of"] = 1
    version = copy.deepcopy(document)
    version["schema_version"] = 2
    missing = copy.deepcopy(document)
    del missing["kind"]
    return not any(validator.is_valid(wrong) for wrong in (extra, version, missing))


def main():
    program = os.path.abspath(sys.argv[1])
    failures = 0
    seen = set()
    with tempfile.TemporaryDirectory() as folder:
        saved = os.path.join(folder, "saved.json")
        run(program, "analyze", "tests/models/" + MODELS[0], "--hw", EDGE, "-o", saved)
        for words in commands(saved, os.path.join(folder, "box.toml")):
            document = json.loads(run(program, *words, "--format", "json", "-q"))
            kind = document["kind"]
            seen.add(kind)
            schema = json.loads(run(program, "schema", kind))
            jsonschema.Draft202012Validator.check_schema(schema)
            validator = jsonschema.Draft202012Validator(schema)
            errors = list(validator.iter_errors(document))
            for error in errors[:3]:
                print(f"FAILED: {' '.join(words)}: {error.json_path}: {error.message[:200]}")
            if not refuses(validator, document):
                errors.append(None)
                print(f"FAILED: the schema of {kind} takes a wrong document")
            failures += bool(errors)
    names = run(program, "schema", "-h").decode()
    for kind in ("report", "reports", "sweep", "diff", "comparison", "explanation", "sensitivity", "targets", "target", "check", "operators", "import"):
        if kind not in seen or kind not in names:
            failures += 1
            print(f"FAILED: no command printed a {kind}")
    print(f"{len(seen)} kinds of JSON validated, {failures} failures")
    sys.exit(1 if failures else 0)


main()
