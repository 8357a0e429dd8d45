/** Randomness of this node (keys, salts). Never used in consensus. */
export interface Random {
  bytes(length: number): Uint8Array;
}
