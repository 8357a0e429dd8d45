/** A file as it comes. */
export interface OpenedFile {
  /** Where `body` begins: the place asked for, or 0 when the file is another one by now. */
  readonly start: number;
  /** Bytes of the whole file; undefined when the source does not say. */
  readonly total: number | undefined;
  /** Names this state of the file; a source needs it to go on later. */
  readonly tag: string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
}

/** The place in a file from which to go on. */
export interface Continuation {
  readonly start: number;
  readonly tag?: string | undefined;
}

/** A folder of files somewhere else. Errors: download-interrupted (try again), download-refused (do not), aborted. */
export interface FolderSource {
  /** For people. */
  readonly name: string;
  /** Files go on at multiples of this only. */
  readonly stepBytes: number;
  /** Undefined when there is no such file; `bytes` is undefined when the source does not say. */
  find(path: string, signal?: AbortSignal): Promise<{ readonly bytes: number | undefined } | undefined>;
  /** Undefined when there is no such file. */
  open(path: string, from: Continuation, signal?: AbortSignal): Promise<OpenedFile | undefined>;
}
