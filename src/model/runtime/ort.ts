import type * as Ort from "onnxruntime-web";
import { failure } from "../../core/errors.ts";
import type { Feeds, Runtime, Session, TensorData } from "./runtime.ts";

/** What onnxruntime-web and onnxruntime-node have in common. */
export interface OrtModule {
  readonly InferenceSession: typeof Ort.InferenceSession;
  readonly Tensor: typeof Ort.Tensor;
}

export type SessionOptions = Ort.InferenceSession.SessionOptions;

/** A runtime over an ONNX Runtime module that has been set up. */
export function ortRuntime(
  ort: OrtModule,
  provider: Runtime["provider"],
  threads: number,
  options: SessionOptions,
): Runtime {
  return {
    provider,
    threads,
    async createSession(model) {
      try {
        return new OrtSession(ort, await ort.InferenceSession.create(model, options));
      } catch (error) {
        throw failure(
          "session-failed",
          `ONNX Runtime (${provider}) does not load the graph.`,
          undefined,
          String(error),
        );
      }
    },
  };
}

class OrtSession implements Session {
  readonly #ort: OrtModule;
  readonly #session: Ort.InferenceSession;

  constructor(ort: OrtModule, session: Ort.InferenceSession) {
    this.#ort = ort;
    this.#session = session;
  }

  async run(feeds: Feeds): Promise<Record<string, TensorData>> {
    const inputs: Record<string, Ort.Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) {
      inputs[name] = new this.#ort.Tensor(tensor.type, tensor.data, tensor.shape);
    }
    const outputs = await this.#session.run(inputs);
    const results: Record<string, TensorData> = {};
    for (const [name, tensor] of Object.entries(outputs)) results[name] = await toTensorData(tensor);
    return results;
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

async function toTensorData(tensor: Ort.Tensor): Promise<TensorData> {
  const data = tensor.location === "cpu" ? tensor.data : await tensor.getData(true);
  if (tensor.type === "float32" && data instanceof Float32Array)
    return { type: "float32", data, shape: tensor.dims };
  if (tensor.type === "int64" && data instanceof BigInt64Array)
    return { type: "int64", data, shape: tensor.dims };
  if (tensor.type === "int32" && data instanceof Int32Array)
    return { type: "int32", data, shape: tensor.dims };
  throw failure(
    "session-failed",
    "An output has a type that is not used.",
    "float32, int64, int32",
    tensor.type,
  );
}
