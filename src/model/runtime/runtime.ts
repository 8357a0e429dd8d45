import type { ElementType } from "../onnx/graph.ts";

/** Numbers that go in and out of a graph. `data` is row-major; booleans and bytes are not used. */
export interface TensorData {
  readonly type: Exclude<ElementType, "bool" | "uint8">;
  readonly data: Float32Array | BigInt64Array | Int32Array;
  readonly shape: readonly number[];
}

export type Feeds = Readonly<Record<string, TensorData>>;

/** A loaded graph. */
export interface Session {
  /**
   * Runs once; results by output name. Runs queue up. Errors: session-failed; device-lost (the graphics card went away:
   * nothing of this runtime works any more).
   */
  run(feeds: Feeds): Promise<Readonly<Record<string, TensorData>>>;
  /** What is carried, by input, brought to the host; the session carries nothing any more. */
  takeCarried(): Promise<Feeds>;
  release(): Promise<void>;
}

export interface SessionSettings {
  /**
   * Output → input: results that stay where they were computed (in the graphics card's memory) and go into the next run
   * that does not feed the input itself. `run` does not return them.
   */
  readonly carry?: Readonly<Record<string, string>>;
}

/** One execution provider of ONNX Runtime. */
export interface Runtime {
  readonly provider: "wasm" | "webgpu" | "cpu";
  readonly threads: number;
  /** Loads ModelProto bytes. Errors: session-failed. */
  createSession(model: Uint8Array, settings?: SessionSettings): Promise<Session>;
}

export function float32(data: Float32Array, shape: readonly number[]): TensorData {
  return { type: "float32", data, shape };
}

export function int64(data: BigInt64Array, shape: readonly number[]): TensorData {
  return { type: "int64", data, shape };
}

export function int32(data: Int32Array, shape: readonly number[]): TensorData {
  return { type: "int32", data, shape };
}

export function scalar(value: number): TensorData {
  return float32(Float32Array.of(value), []);
}
