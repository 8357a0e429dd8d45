/**
 * Keeps secrets from lying readable in the database: what it seals, only this browser profile opens. The key that seals stays
 * where scripts can use it and cannot read it.
 */
export interface KeyVault {
  /** Errors: vault-unavailable. */
  seal(label: string, secret: Uint8Array): Promise<Uint8Array>;
  /** `label`: the one it was sealed with. Errors: vault-unavailable, vault-sealed (changed, another label, or another profile's). */
  open(label: string, sealed: Uint8Array): Promise<Uint8Array>;
  /** One task at a time over all tabs of the profile: two tabs that start at once must not make two identities. */
  exclusively<T>(task: () => Promise<T>): Promise<T>;
}
