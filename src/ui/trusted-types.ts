/**
 * Trusted Types (https://w3c.github.io/trusted-types): under the page's policy a text becomes a script's address only
 * here, and only when it is one of this origin's; markup only when it is one line drawing, as the component library's icons
 * are. No text becomes code. Lit's templates have a policy of their own, which only this app's code feeds.
 */
interface TrustedTypePolicies {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string | null; createHTML(markup: string): string | null },
  ): unknown;
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
    createHTML: (markup) => (isLineDrawing(markup) ? markup : null),
  });
}

const DRAWING =
  /^<svg( (xmlns|viewBox|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin)="[\w .:/#-]*")*>(<path d="[\w .,-]*"(\/>|><\/path>))+<\/svg>$/;

/** One path or more, without anything that could load, link or run. */
export function isLineDrawing(markup: string): boolean {
  return DRAWING.test(markup);
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
