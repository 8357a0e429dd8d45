import type { Cid } from "../core/primitives.ts";
import type { OnProgress } from "./progress.ts";

/** Where a model comes from. */
export type ModelSource =
  /** A folder on the web: of ours (model.json) or of Hugging Face, also `https://huggingface.co/owner/name`. */
  | { readonly kind: "url"; readonly url: string }
  /** A parcel, by the CID that its sender was given; its blocks come from peers. */
  | { readonly kind: "peers"; readonly cid: Cid }
  /** Files that the user picked, of one folder; `name` is the folder's. */
  | { readonly kind: "files"; readonly name?: string; readonly files: readonly File[] };

/** A model on this device, or the part of it that has come so far. */
export interface KeptModel {
  /** Names it on this device. */
  readonly id: string;
  readonly name: string;
  /** 0 while it is not known. */
  readonly parameters: number;
  /** Of all its files. */
  readonly bytes: number;
  readonly keptBytes: number;
  /** As its makers name it. */
  readonly licence?: string;
  readonly isComplete: boolean;
  /** Absent for picked files: they must be picked again. */
  readonly source?: Exclude<ModelSource, { readonly kind: "files" }>;
}

/**
 * The models that a device keeps. Progress counts bytes. What has come is kept when a call fails by
 * download-interrupted or aborted, and the next call with the same source goes on from there.
 */
export interface ModelLibrary {
  /** In alphabetical order of names. */
  list(): Promise<readonly KeptModel[]>;
  /**
   * Brings a model onto this device, checks all of it and keeps it. A model that is there already is not loaded again.
   * Errors: download-interrupted, download-refused, download-length, model-folder (it holds no model), model-file-changed,
   * model-file-missing, model-room (it would not fit: said before anything large is loaded, as far as sizes are known),
   * storage-full, storage-busy, aborted, and those of reading a model (model-manifest, model-config, model-weights,
   * model-tokenizer, model-template).
   */
  add(source: ModelSource, onProgress?: OnProgress, signal?: AbortSignal): Promise<KeptModel>;
  /**
   * Puts a whole model into blocks that peers may ask for, and gives the parcel's CID, which is what a person passes on.
   * The blocks are a second copy on this device. Errors: model-partial, network-missing, aborted and the blocks' own.
   */
  share(id: string, onProgress?: OnProgress, signal?: AbortSignal): Promise<Cid>;
  /** Takes a parcel's blocks off this device again. Errors: network-missing, model-parcel. */
  unshare(parcel: Cid): Promise<void>;
  /** Deletes all of it. Errors: storage-busy. */
  remove(id: string): Promise<void>;
}
