import { failure, ParleyError } from "../../core/errors.ts";
import type { ModelFiles } from "../../ports/model-files.ts";
import type { KeptModel } from "../../ports/model-library.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { openModel } from "../folder.ts";
import { type ModelFile, manifestFiles, parseManifest } from "../manifest.ts";
import { makeManifest } from "./hugging-face-manifest.ts";
import { keptFolder } from "./kept-folder.ts";
import { type DownloadPlan, INDEX_FILE, planDownload } from "./plan.ts";
import { type DownloadRecord, RECORD_FILE, readRecord, writeRecord, writeWhole } from "./record.ts";
import { checkRoom, outOfRoom } from "./room.ts";
import type { FolderSource } from "./source.ts";
import { bringFile, type WantedFile } from "./transfer.ts";

export interface DownloadOptions {
  readonly files: ModelFiles;
  readonly id: string;
  readonly source: FolderSource;
  readonly onProgress: OnProgress | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Brings one model into its folder on this device, or goes on doing so. */
export class Download {
  readonly #options: DownloadOptions;
  #record: DownloadRecord = { name: "", bytes: 0, tags: {}, done: {} };

  constructor(options: DownloadOptions) {
    this.#options = options;
  }

  /** Resolves when all files are there and checked, and model.json says so. Errors: those of ModelLibrary.add. */
  async run(source: KeptModel["source"]): Promise<void> {
    const { files, id, signal } = this.#options;
    this.#step("Looking at the model");
    const plan = await planDownload(this.#options.source, signal);
    const name = plan.kind === "parley" ? plan.manifest.name : this.#options.source.name;
    const bytes = plan.wanted.reduce((sum, file) => sum + (file.bytes ?? 0), 0);
    const before = await readRecord(files, id);
    this.#record = {
      tags: {},
      done: {},
      ...before,
      name,
      bytes,
      ...(source === undefined ? {} : { source }),
    };
    await checkRoom(files, id, { name, bytes });
    try {
      await this.#keepAll(plan);
    } catch (thrown) {
      const isFull = thrown instanceof ParleyError && thrown.code === "storage-full";
      throw isFull ? await outOfRoom(files, id, { name, bytes }) : thrown;
    }
  }

  async #keepAll(plan: DownloadPlan): Promise<void> {
    const { files, id } = this.#options;
    await writeRecord(files, id, this.#record);
    await this.#bringAll(plan.wanted);
    this.#step("Checking the model");
    await this.#finish(plan);
    await files.removeFile(id, RECORD_FILE);
  }

  #step(step: string, done = 0, total = 0): void {
    this.#options.onProgress?.({ step, done, total });
  }

  async #bringAll(wanted: readonly WantedFile[]): Promise<void> {
    let before = 0;
    for (const file of wanted) {
      const { bytes } = await this.#bring(file, before);
      before += bytes;
    }
  }

  async #bring(file: WantedFile, bytesBefore: number): Promise<ModelFile> {
    const { files, id, source, signal } = this.#options;
    const done = this.#record.done[file.path];
    if (done !== undefined && (file.cid ?? done.cid) === done.cid) return done;
    const brought = await bringFile(file, {
      files,
      folder: id,
      source,
      tag: this.#record.tags[file.path],
      signal,
      onTag: async (tag) => {
        const { [file.path]: _, ...others } = this.#record.tags;
        await this.#keep({ tags: tag === undefined ? others : { ...others, [file.path]: tag } });
      },
      onBytes: (bytes) => this.#step(`Loading ${this.#record.name}`, bytesBefore + bytes, this.#record.bytes),
    });
    await this.#keep({ done: { ...this.#record.done, [file.path]: brought } });
    return brought;
  }

  async #keep(change: Partial<DownloadRecord>): Promise<void> {
    this.#record = { ...this.#record, ...change };
    await writeRecord(this.#options.files, this.#options.id, this.#record);
  }

  /** model.json comes last: with it the model counts as whole. */
  async #finish(plan: DownloadPlan): Promise<void> {
    const { files, id } = this.#options;
    const manifestBytes = plan.kind === "parley" ? plan.manifestBytes : await this.#makeManifest(plan);
    const manifest = parseManifest(manifestBytes);
    const present = new Map((await files.list(id)).map(({ path, bytes }) => [path, bytes]));
    for (const { path, bytes } of manifestFiles(manifest)) {
      if (present.get(path) === bytes) continue;
      throw failure(
        "model-file-missing",
        `${path} is not whole.`,
        `${bytes} bytes`,
        `${present.get(path) ?? 0}`,
      );
    }
    await openModel(keptFolder(files, id), manifest);
    await writeWhole(files, id, "model.json", manifestBytes);
  }

  async #makeManifest(plan: Extract<DownloadPlan, { kind: "hugging-face" }>): Promise<Uint8Array> {
    const { files, id, source } = this.#options;
    const folder = keptFolder(files, id);
    const brought = new Map(Object.entries(this.#record.done));
    const { manifest, made } = await makeManifest({
      name: source.name,
      small: plan.small,
      files: brought,
      index: brought.has(INDEX_FILE) ? INDEX_FILE : undefined,
      weights: plan.weights,
      read: folder.read,
      open: (path) => ({
        path,
        bytes: brought.get(path)?.bytes ?? 0,
        read: (start, end) => files.read(id, path, start, end),
      }),
    });
    for (const [path, bytes] of made) await writeWhole(files, id, path, bytes);
    return new TextEncoder().encode(JSON.stringify(manifest));
  }
}
