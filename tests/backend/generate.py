"""Writes ONNX's backend suite as files that the C++ test reads: models without output shapes, and what each output was.

usage: generate.py FOLDER

For each case of the suite (the node cases that the `onnx` package generates, and the models in its data folder):
FOLDER/NAME.onnx, whose outputs and value_info have lost their types and whose small integer inputs have become
initialisers holding the test's values; and one line in FOLDER/suite.tsv:
    NAME <tab> OUTPUT=TYPE[EXTENTS] <tab> OUTPUT=…
with the type and shape of the stored output ("float32[2,3]", "sequence:float32", "optional:…"). Bindings of symbolic
input dimensions come as "@SYMBOL=EXTENT", extents of inputs without a name as "#INPUT=EXTENTS".
"""

import pathlib
import sys
import warnings

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

# Integer tensors up to this many elements are fed as constants: shapes, axes, repeats, trip counts.
SMALL = 1024
INTEGERS = {TensorProto.INT64, TensorProto.INT32}


NAMES = {
    TensorProto.FLOAT: "float32", TensorProto.DOUBLE: "float64", TensorProto.FLOAT16: "float16",
    TensorProto.BFLOAT16: "bfloat16", TensorProto.FLOAT8E4M3FN: "float8e4m3fn", TensorProto.FLOAT8E4M3FNUZ: "float8e4m3fnuz",
    TensorProto.FLOAT8E5M2: "float8e5m2", TensorProto.FLOAT8E5M2FNUZ: "float8e5m2fnuz", TensorProto.FLOAT8E8M0: "float8e8m0",
    TensorProto.FLOAT4E2M1: "float4e2m1", TensorProto.INT64: "int64", TensorProto.INT32: "int32", TensorProto.INT16: "int16",
    TensorProto.INT8: "int8", TensorProto.INT4: "int4", TensorProto.INT2: "int2", TensorProto.UINT64: "uint64",
    TensorProto.UINT32: "uint32", TensorProto.UINT16: "uint16", TensorProto.UINT8: "uint8", TensorProto.UINT4: "uint4",
    TensorProto.UINT2: "uint2", TensorProto.BOOL: "bool", TensorProto.COMPLEX64: "complex64",
    TensorProto.COMPLEX128: "complex128", TensorProto.STRING: "string",
}


def declared_element(type_proto):
    """Element type that the model declares for a value, which is exact where numpy has no such type."""
    kind = type_proto.WhichOneof("value")
    if kind == "tensor_type":
        return NAMES.get(type_proto.tensor_type.elem_type, "unknown")
    if kind == "sequence_type":
        return declared_element(type_proto.sequence_type.elem_type)
    if kind == "optional_type":
        return declared_element(type_proto.optional_type.elem_type)
    return "unknown"


def describe(value, type_proto):
    """"float32[2,3]" for a stored output, or its class where it is no tensor."""
    kind = type_proto.WhichOneof("value")
    element = declared_element(type_proto)
    if kind == "optional_type":
        return f"optional:{element}"
    if kind == "sequence_type":
        return f"sequence:{element}"
    if kind == "map_type":
        return "map:unknown"
    extents = ",".join(str(d) for d in shape_of(value))
    return f"{element}[{extents}]"


def shape_of(value):
    return list(value.dims) if isinstance(value, TensorProto) else list(np.asarray(value).shape)


def as_tensor(value, name):
    if isinstance(value, TensorProto):
        tensor = TensorProto()
        tensor.CopyFrom(value)
        tensor.name = name
        return tensor
    return numpy_helper.from_array(np.asarray(value), name)


def feed_small_integers(graph, inputs):
    """Turns small integer inputs into initialisers; returns the bindings of what remains."""
    initialised = {tensor.name for tensor in graph.initializer}
    bindings = []
    remaining = []
    values = iter(inputs)
    for value_info in graph.input:
        if value_info.name in initialised and len(graph.input) != len(inputs):
            remaining.append(value_info)
            continue
        value = next(values, None)
        is_tensor = value_info.type.WhichOneof("value") == "tensor_type"
        if value is None or not is_tensor:
            remaining.append(value_info)
            continue
        shape = shape_of(value)
        if value_info.type.tensor_type.elem_type in INTEGERS and int(np.prod(shape)) <= SMALL:
            graph.initializer.append(as_tensor(value, value_info.name))
            continue
        remaining.append(value_info)
        declared = value_info.type.tensor_type
        known = declared.HasField("shape") and all(d.HasField("dim_value") for d in declared.shape.dim)
        if not known:
            bindings.append(f"#{value_info.name}=" + ",".join(str(d) for d in shape))
    del graph.input[:]
    graph.input.extend(remaining)
    return bindings


def write_case(folder, name, model, data_set, index):
    inputs, outputs = data_set
    model = onnx.ModelProto.FromString(model.SerializeToString())
    graph = model.graph
    expected = [f"{info.name}={describe(value, info.type)}" for info, value in zip(graph.output, outputs)]
    bindings = feed_small_integers(graph, inputs)
    del graph.value_info[:]
    for info in graph.output:
        info.ClearField("type")
    (folder / f"{name}.onnx").write_bytes(model.SerializeToString())
    index.append("\t".join([name, *bindings, *expected]))


def load_value(path, type_proto):
    """A stored test value: a tensor, or None for the classes whose shape is not compared."""
    if type_proto.WhichOneof("value") != "tensor_type":
        return None
    return onnx.TensorProto.FromString(path.read_bytes())


def stored_cases():
    root = pathlib.Path(onnx.__file__).parent / "backend/test/data"
    for model_path in sorted(root.glob("*/*/model.onnx")):
        if model_path.parts[-3] == "node":
            continue
        model = onnx.load(model_path, load_external_data=False)
        data = model_path.parent / "test_data_set_0"
        if not data.exists():
            continue
        graph = model.graph
        initialised = {tensor.name for tensor in graph.initializer}
        fed = [info for info in graph.input if info.name not in initialised]
        if len(list(data.glob("input_*.pb"))) == len(graph.input):
            fed = list(graph.input)
        inputs = [load_value(data / f"input_{i}.pb", info.type) for i, info in enumerate(fed)
                  if (data / f"input_{i}.pb").exists()]
        outputs = [load_value(data / f"output_{i}.pb", info.type) for i, info in enumerate(graph.output)]
        yield f"{model_path.parts[-3]}.{model_path.parts[-2]}", model, (inputs, outputs)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    warnings.simplefilter("ignore")
    from onnx.backend.test.case import node

    index = []
    for case in node.collect_testcases():
        write_case(folder, case.name, case.model, case.data_sets[0], index)
    for name, model, data_set in stored_cases():
        write_case(folder, name, model, data_set, index)
    (folder / "suite.tsv").write_text("\n".join(index) + "\n")
    print(f"{len(index)} cases in {folder}")


if __name__ == "__main__":
    main()
