import type * as Ort from "onnxruntime-web";
import { failure, ParleyError } from "../../core/errors.ts";
import { Queue } from "../queue.ts";
import type { Feeds, Runtime, Session, SessionSettings, TensorData } from "./runtime.ts";

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

export interface OrtOptions {
  readonly provider: Runtime["provider"];
  readonly threads: number;
  readonly session: SessionOptions;
  /** Resolves when the device that runs the sessions is gone, with its last words. Asked after the first session. */
  readonly lost?: () => Promise<string>;
}

/** A runtime over an ONNX Runtime module that has been set up. */
export function ortRuntime(ort: OrtModule, options: OrtOptions): Runtime {
  const { provider, threads } = options;
  return {
    provider,
    threads,
    async createSession(model, { carry = {} } = {}) {
      const settings = { ...options.session, ...outputLocations(provider, carry) };
      try {
        const session = await queueOf(ort).run(() => ort.InferenceSession.create(model, settings));
        return new OrtSession(ort, session, carry, options.lost?.());
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

/** Carried results stay in the graphics card's memory; elsewhere all memory is the host's. */
function outputLocations(
  provider: Runtime["provider"],
  carry: NonNullable<SessionSettings["carry"]>,
): SessionOptions {
  const names = Object.keys(carry);
  if (provider !== "webgpu" || names.length === 0) return {};
  return { preferredOutputLocation: Object.fromEntries(names.map((name) => [name, "gpu-buffer"])) };
}

class OrtSession implements Session {
  readonly #ort: OrtModule;
  readonly #session: Ort.InferenceSession;
  readonly #carry: Readonly<Record<string, string>>;
  readonly #lost: Promise<never> | undefined;
  /** By input. */
  readonly #carried = new Map<string, Ort.Tensor>();

  constructor(
    ort: OrtModule,
    session: Ort.InferenceSession,
    carry: Readonly<Record<string, string>>,
    lost: Promise<string> | undefined,
  ) {
    this.#ort = ort;
    this.#session = session;
    this.#carry = carry;
    this.#lost = lost?.then((reason) => {
      throw failure("device-lost", "The graphics card stopped answering.", undefined, reason);
    });
    // Without a run in progress nobody waits for it.
    this.#lost?.catch(() => undefined);
  }

  run(feeds: Feeds): Promise<Record<string, TensorData>> {
    return queueOf(this.#ort).run(() => this.#guard(() => this.#run(feeds)));
  }

  takeCarried(): Promise<Feeds> {
    return queueOf(this.#ort).run(() => this.#guard(() => this.#takeCarried()));
  }

  release(): Promise<void> {
    return queueOf(this.#ort).run(() => this.#guard(() => this.#release()));
  }

  /** A lost device may leave its work unanswered for ever: whichever comes first. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await (this.#lost === undefined ? work() : Promise.race([this.#lost, work()]));
    } catch (error) {
      if (error instanceof ParleyError) throw error;
      throw failure("session-failed", "ONNX Runtime does not run the graph.", undefined, String(error));
    }
  }

  async #run(feeds: Feeds): Promise<Record<string, TensorData>> {
    const inputs: Record<string, Ort.Tensor> = Object.fromEntries(this.#carried);
    for (const [name, tensor] of Object.entries(feeds)) {
      inputs[name] = new this.#ort.Tensor(tensor.type, tensor.data, tensor.shape);
    }
    const outputs = await this.#session.run(inputs);
    const results: Record<string, TensorData> = {};
    for (const [name, tensor] of Object.entries(outputs)) {
      const input = this.#carry[name];
      if (input === undefined) results[name] = await toTensorData(tensor);
      else this.#replaceCarried(input, tensor);
    }
    return results;
  }

  #replaceCarried(input: string, tensor: Ort.Tensor): void {
    this.#carried.get(input)?.dispose();
    this.#carried.set(input, tensor);
  }

  async #takeCarried(): Promise<Feeds> {
    const taken: Record<string, TensorData> = {};
    for (const [input, tensor] of this.#carried) taken[input] = await toTensorData(tensor);
    this.#carried.clear();
    return taken;
  }

  async #release(): Promise<void> {
    for (const tensor of this.#carried.values()) tensor.dispose();
    this.#carried.clear();
    await this.#session.release();
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
