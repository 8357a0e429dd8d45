/** A file of a model as it is kept; `bytes` is what is there so far. */
export interface KeptFile {
  readonly path: string;
  readonly bytes: number;
}

/** Appends to one file. Only one writer of a file is open at a time. */
export interface ModelFileWriter {
  /** Bytes in the file, those just appended too. */
  readonly bytes: number;
  /** Errors: storage-full (nothing of the piece is kept), storage-failed. */
  append(piece: Uint8Array): Promise<void>;
  /** Cuts the file to its first bytes. */
  cutTo(bytes: number): Promise<void>;
  /** Resolves when what was appended would outlive a crash. */
  flush(): Promise<void>;
  /** Flushes and lets go of the file. */
  close(): Promise<void>;
}

export interface StorageSpace {
  /** What the site keeps of all kinds, as the browser counts it. */
  readonly usedBytes: number;
  /** What it may still keep. */
  readonly freeBytes: number;
}

/**
 * Large files on this device, one folder a model. Folder names and paths are letters, digits, dots, dashes and
 * underscores. What was closed or flushed is still there after the tab died.
 */
export interface ModelFiles {
  /** In alphabetical order. */
  folders(): Promise<readonly string[]>;
  /** In alphabetical order; none where there is no such folder. */
  list(folder: string): Promise<readonly KeptFile[]>;
  /** Bytes from `start` to `end`, exclusive. Errors: model-file-missing (no such file, or it is shorter). */
  read(folder: string, path: string, start: number, end: number): Promise<Uint8Array>;
  /** Opens a file at its end, and makes it where there is none. Errors: storage-busy (somebody writes it), storage-unavailable. */
  write(folder: string, path: string): Promise<ModelFileWriter>;
  /** Does nothing where there is no such file. Errors: storage-busy. */
  removeFile(folder: string, path: string): Promise<void>;
  /** Removes a folder and all in it. Errors: storage-busy. */
  remove(folder: string): Promise<void>;
  space(): Promise<StorageSpace>;
}
