/** The part of EIP-1193 that is used here. */
export interface Eip1193Provider {
  request(call: { readonly method: string; readonly params?: readonly unknown[] }): Promise<unknown>;
  on?(event: string, listener: (value: unknown) => void): void;
  removeListener?(event: string, listener: (value: unknown) => void): void;
}

/** An error as EIP-1193 wants providers to throw it. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  readonly code: number;
  /** What a contract returned with its refusal. */
  declare readonly data?: `0x${string}`;

  constructor(code: number, message: string, data?: `0x${string}`) {
    super(message);
    this.code = code;
    if (data !== undefined) this.data = data;
  }
}
