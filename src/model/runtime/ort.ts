import type * as Ort from "onnxruntime-web";
import { failure } from "../../core/errors.ts";
import { Queue } from "../queue.ts";
import type { Feeds, Runtime, Session, TensorData } from "./runtime.ts";

/** What onnxruntime-web and onnxruntime-node have in common. */
export interface OrtModule {
  readonly InferenceSession: typeof Ort.InferenceSession;
  readonly Tensor: typeof Ort.Tensor;
}

export type SessionOptions = Ort.InferenceSession.SessionOptions;

/**
 * One queue for each module: its sessions share one heap and stack, and a run that begins while another is between
 * its steps (a trainer's and an evaluator's in one worker) would overwrite the other's.
 */
const queues = new WeakMap<OrtModule["InferenceSession"], Queue>();

function queueOf(ort: OrtModule): Queue {
  const known = queues.get(ort.InferenceSession) ?? new Queue();
  queues.set(ort.InferenceSession, known);
  return known;
}

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
        const create = () => ort.InferenceSession.create(model, options);
        return new OrtSession(ort, await queueOf(ort).run(create));
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

  run(feeds: Feeds): Promise<Record<string, TensorData>> {
    return queueOf(this.#ort).run(() => this.#run(feeds));
  }

  release(): Promise<void> {
    return queueOf(this.#ort).run(() => this.#session.release());
  }

  async #run(feeds: Feeds): Promise<Record<string, TensorData>> {
    const inputs: Record<string, Ort.Tensor> = {};
    for (const [name, tensor] of Object.entries(feeds)) {
      inputs[name] = new this.#ort.Tensor(tensor.type, tensor.data, tensor.shape);
    }
    const outputs = await this.#session.run(inputs);
    const results: Record<string, TensorData> = {};
    for (const [name, tensor] of Object.entries(outputs)) results[name] = await toTensorData(tensor);
    return results;
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
