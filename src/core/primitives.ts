/** Lower-case hexadecimal without 0x, of a stated number of bytes. */
export type Hex = string;
/** Ed25519 public key of a node, 64 hex digits. It is `bytes32 nodeId` in the contracts and the libp2p identity. */
export type NodeId = Hex;
/** 32-byte hash, 64 hex digits. */
export type Hash = Hex;
/** EVM address with 0x, lower case. */
export type Address = `0x${string}`;
/** CIDv1 in base32 (`bafy…`, `bafk…`). */
export type Cid = string;

/** Benchmark results. Floats end at src/model/: these are integers everywhere else. */
export interface Metrics {
  /** Mean cross-entropy per scored token, in micro-nats (1e-6 nat). */
  readonly lossMicroNats: number;
  /** Share of scored tokens whose arg-max is right, in parts per million. */
  readonly accuracyPpm: number;
}

/** What a submitter or validator reports of a delta applied to the epoch's base version. */
export interface ReportedMetrics extends Metrics {
  /** u_obs: (loss of the version before − loss with the delta) / loss of the version before, ppm, 0 when worse. */
  readonly utilityPpm: number;
}

/** Shape and place of one LoRA factor B; `shape` is [rank, outputs], row-major. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly [rank: number, outputs: number];
}

/** A quantised change of factor B: value = data[i] · 2^exponent. */
export interface DeltaTensor extends TensorSpec {
  readonly exponent: number;
  readonly data: Int8Array;
}

/** A change of few places: value at indices[i] = values[i] · 2^exponent, 0 everywhere else. */
export interface SparseTensor extends TensorSpec {
  readonly exponent: number;
  /** Strictly ascending places in row-major order. */
  readonly indices: Uint32Array;
  /** −7 to 7, never 0. */
  readonly values: Int8Array;
}

/** An adapter's factor B in fixed point: value = data[i] · 2^ADAPTER_EXPONENT. */
export interface AdapterTensor extends TensorSpec {
  readonly data: Int32Array;
}

/** Values of an adapter are multiples of 2^-20. */
export const ADAPTER_EXPONENT = -20;

export interface Adapter {
  /** CID of the model manifest (model.json) that this adapter is for. */
  readonly baseModel: Cid;
  readonly rank: number;
  readonly tensors: readonly AdapterTensor[];
}

/** Every value is sent. "full": all weights of a tiny model, where the genesis names them instead of factors. */
export interface DenseDelta {
  readonly type: "adapter" | "full";
  readonly rank: number;
  readonly tensors: readonly DeltaTensor[];
}

/** The largest changes only; what was left out waits in the author's residual (error feedback). */
export interface SparseDelta {
  readonly type: "sparse";
  readonly rank: number;
  readonly tensors: readonly SparseTensor[];
}

export type Delta = DenseDelta | SparseDelta;
