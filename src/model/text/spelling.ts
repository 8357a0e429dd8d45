/** How a vocabulary spells bytes. */
export interface Spelling {
  /** Bytes that a token stands for. */
  bytesOf(token: string): Uint8Array;
  /** Text begins with a space that is not part of it. */
  readonly leadingSpace: boolean;
}
