/**
 * Trusted Types (https://w3c.github.io/trusted-types): under the page's policy a text becomes a script's address only
 * here, and only when it is one of this origin's. No text becomes markup or code at all; Lit's templates have a policy of
 * their own, which only this app's code feeds.
 */
interface TrustedTypePolicies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string | null }): unknown;
}

declare global {
  interface Window {
    readonly trustedTypes?: TrustedTypePolicies;
  }
}

export function trustOwnScripts(): void {
  if (typeof window === "undefined" || window.trustedTypes === undefined) return;
  window.trustedTypes.createPolicy("default", {
    createScriptURL: (url) => (isOwn(url) ? url : null),
  });
}

/** Workers of this origin, and the blobs that the model runtime makes its threads of. */
export function isOwn(address: string, base = location.href): boolean {
  try {
    const url = new URL(address, base);
    return url.origin === new URL(base).origin;
  } catch {
    return false;
  }
}
