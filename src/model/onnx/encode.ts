import type { onnx as OnnxNamespace } from "onnx-proto";
import type { Attribute, Constant, ElementType, Graph, GraphNode, Value } from "./graph.ts";

type Onnx = typeof OnnxNamespace;

/** ONNX operator set 17, IR version 8: https://onnx.ai/onnx/repo-docs/Versioning.html */
const OPERATOR_SET = 17;
const IR_VERSION = 8;

/** TensorProto.DataType of the ONNX specification. */
const DATA_TYPES: Readonly<Record<ElementType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
};
/** AttributeProto.AttributeType of the ONNX specification. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, ints: 7 } as const;

/** ModelProto bytes of a graph, constants embedded. The same graph gives the same bytes. */
export async function encodeModel(graph: Graph): Promise<Uint8Array> {
  // A CommonJS module: Node and the bundler both give its exports as the default.
  const { onnx } = (await import("onnx-proto")).default;
  const model = onnx.ModelProto.create({
    irVersion: IR_VERSION,
    producerName: "parley",
    opsetImport: [
      { domain: "", version: OPERATOR_SET },
      { domain: "com.microsoft", version: 1 },
    ],
    graph: {
      name: graph.name,
      node: graph.nodes.map((node, index) => encodeNode(onnx, node, index)),
      initializer: graph.constants.map(encodeConstant),
      input: graph.inputs.map(encodeValue),
      output: graph.outputs.map(encodeValue),
    },
  });
  return onnx.ModelProto.encode(model).finish();
}

function encodeNode(onnx: Onnx, node: GraphNode, index: number): OnnxNamespace.INodeProto {
  return onnx.NodeProto.create({
    name: `${node.operator}#${index}`,
    opType: node.operator,
    domain: node.domain,
    input: node.inputs.map((value) => value?.name ?? ""),
    output: node.outputs.map((value) => value.name),
    attribute: Object.entries(node.attributes).map(([name, attribute]) => encodeAttribute(name, attribute)),
  });
}

function encodeAttribute(name: string, attribute: Attribute): OnnxNamespace.IAttributeProto {
  if ("int" in attribute) return { name, type: ATTRIBUTE_TYPES.int, i: attribute.int };
  if ("float" in attribute) return { name, type: ATTRIBUTE_TYPES.float, f: attribute.float };
  return { name, type: ATTRIBUTE_TYPES.ints, ints: [...attribute.ints] };
}

function encodeConstant({ value, data }: Constant): OnnxNamespace.ITensorProto {
  return {
    name: value.name,
    dataType: DATA_TYPES[value.type],
    dims: value.shape.map(Number),
    rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
  };
}

function encodeValue(value: Value): OnnxNamespace.IValueInfoProto {
  return {
    name: value.name,
    type: {
      tensorType: {
        elemType: DATA_TYPES[value.type],
        shape: {
          dim: value.shape.map((dimension) =>
            typeof dimension === "number" ? { dimValue: dimension } : { dimParam: dimension },
          ),
        },
      },
    },
  };
}
