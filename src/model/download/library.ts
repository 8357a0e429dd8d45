import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "../../core/bytes.ts";
import { failure, ParleyError } from "../../core/errors.ts";
import type { Cid } from "../../core/primitives.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import type { ModelFiles } from "../../ports/model-files.ts";
import type { KeptModel, ModelLibrary, ModelSource } from "../../ports/model-library.ts";
import type { OnProgress } from "../../ports/progress.ts";
import { Download } from "./download.ts";
import { fileSource } from "./file-source.ts";
import { folderUrl, httpSource } from "./http-source.ts";
import { keptFolder } from "./kept-folder.ts";
import { keptModel } from "./kept-model.ts";
import { dropParcel, peerSource, putParcel } from "./parcel.ts";
import type { FolderSource } from "./source.ts";

export interface LibraryOptions {
  readonly files: ModelFiles;
  /** Blocks of peers; absent without a network. */
  readonly artifacts?: () => Artifacts | undefined;
}

/** What came so far is of no use after any other error. */
const KEEPS_PARTS = new Set(["download-interrupted", "aborted", "not-found", "model-room"]);

/** Models on this device, brought from where they are and checked. */
export class Library implements ModelLibrary {
  readonly #options: LibraryOptions;

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  async list(): Promise<readonly KeptModel[]> {
    const { files } = this.#options;
    const models = await Promise.all((await files.folders()).map((folder) => keptModel(files, folder)));
    return models.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async add(source: ModelSource, onProgress?: OnProgress, signal?: AbortSignal): Promise<KeptModel> {
    const { files } = this.#options;
    const normalised = normalise(source);
    const id = idOf(normalised);
    const kept = await keptModel(files, id);
    if (kept.isComplete) return kept;
    try {
      const folder = await this.#open(normalised, signal);
      const download = new Download({ files, id, source: folder, onProgress, signal });
      await download.run(normalised.kind === "files" ? undefined : normalised);
    } catch (thrown) {
      if (thrown instanceof ParleyError && isUseless(thrown)) await files.remove(id);
      throw thrown;
    }
    return keptModel(files, id);
  }

  async share(id: string, onProgress?: OnProgress, signal?: AbortSignal): Promise<Cid> {
    const { files } = this.#options;
    const { name, isComplete } = await keptModel(files, id);
    if (!isComplete) throw failure("model-partial", `${name} is not on this device as a whole.`);
    return putParcel(this.#network(), keptFolder(files, id), { onProgress, signal });
  }

  unshare(parcel: Cid): Promise<void> {
    return dropParcel(this.#network(), parcel);
  }

  remove(id: string): Promise<void> {
    return this.#options.files.remove(id);
  }

  #network(): Artifacts {
    const artifacts = this.#options.artifacts?.();
    if (artifacts !== undefined) return artifacts;
    throw failure("network-missing", "There is no network to share models with yet.");
  }

  async #open(source: ModelSource, signal: AbortSignal | undefined): Promise<FolderSource> {
    if (source.kind === "url") return httpSource(new URL(source.url));
    if (source.kind === "files") return fileSource(source.files, source.name);
    const artifacts = this.#options.artifacts?.();
    if (artifacts !== undefined) return peerSource(artifacts, source.cid, signal);
    throw failure("download-interrupted", "There is no network to ask for this model yet.");
  }
}

function isUseless({ code }: ParleyError): boolean {
  return !KEEPS_PARTS.has(code) && !code.startsWith("storage-");
}

/** One address for one folder, however it was typed. */
function normalise(source: ModelSource): ModelSource {
  return source.kind === "url" ? { kind: "url", url: folderUrl(source.url).href } : source;
}

/** The same source has the same folder, so that a download can go on. */
function idOf(source: ModelSource): string {
  return `${source.kind}-${bytesToHex(sha256(utf8ToBytes(labelOf(source)))).slice(0, 32)}`;
}

function labelOf(source: ModelSource): string {
  if (source.kind === "url") return source.url;
  if (source.kind === "peers") return source.cid;
  const files = source.files.map(({ name, size, lastModified }) => `${name} ${size} ${lastModified}`);
  return files.sort().join("\n");
}
