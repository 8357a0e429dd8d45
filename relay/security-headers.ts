/**
 * What every answer of a host of the page says to browsers. `npm run build` writes them to dist/_headers too, in the form
 * that common static hosts read, so that an operator need not copy them.
 */

/** Scripts, workers and styles come from this origin alone, none inline; no page may frame this one. */
const POLICY = [
  "default-src 'self'",
  // The model runtime compiles WebAssembly; nothing evaluates text.
  "script-src 'self' 'wasm-unsafe-eval'",
  // ONNX Runtime starts its threads from a blob of its own code.
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "media-src 'self' blob:",
  // Relays, RPC nodes, model hosts and mirrors are whatever network.json and the user name.
  "connect-src 'self' data: ws: wss: https: http://localhost:* http://127.0.0.1:*",
  "object-src 'none'",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
];

/** No text becomes markup or a script's address but through these: Lit's own templates, and src/ui/trusted-types.ts. */
const TRUSTED_TYPES = ["require-trusted-types-for 'script'", "trusted-types default lit-html"];

/** All that a chat, a camera for pairing codes and a donor's device need; everything else is off, for every script. */
const PERMISSIONS = [
  "camera=(self)",
  "screen-wake-lock=(self)",
  "compute-pressure=(self)",
  "clipboard-write=(self)",
  ...[
    "accelerometer",
    "autoplay",
    "bluetooth",
    "browsing-topics",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "hid",
    "identity-credentials-get",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "serial",
    "usb",
    "xr-spatial-tracking",
  ].map((feature) => `${feature}=()`),
];

/** Shared memory for WebAssembly threads needs an isolated page. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Content-Security-Policy": POLICY.join("; "),
  "Permissions-Policy": PERMISSIONS.join(", "),
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
};

/** Of documents: workers have no markup, and the runtime's start threads by address. */
export const DOCUMENT_HEADERS: Readonly<Record<string, string>> = {
  ...SECURITY_HEADERS,
  "Content-Security-Policy": [...POLICY, ...TRUSTED_TYPES].join("; "),
};

/** As Cloudflare Pages and Netlify read it: later rules do not replace earlier ones, so paths must not overlap. */
export function headersFile(): string {
  const rule = (path: string, headers: Readonly<Record<string, string>>): string =>
    [path, ...Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`)].join("\n");
  const folders = ["/assets/*", "/icons/*", "/model/*", "/runtime/*", "/sw.js", "/manifest.webmanifest"];
  return `${[rule("/", DOCUMENT_HEADERS), rule("/index.html", DOCUMENT_HEADERS), ...folders.map((path) => rule(path, SECURITY_HEADERS))].join("\n\n")}\n`;
}
