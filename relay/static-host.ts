import { createHash } from "node:crypto";
import { createReadStream, existsSync, type Stats, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, resolve, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { BLOCKS_PATH, blockFolder, sendBlock } from "./block-host.ts";
import { DOCUMENT_HEADERS, SECURITY_HEADERS } from "./security-headers.ts";

export interface StaticHostOptions {
  /** Folder to serve. */
  readonly root: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Added to every answer, or put in place of the default. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Answers made on demand, by path: bytes, or a value sent as JSON. */
  readonly extra?: Readonly<Record<string, () => unknown>>;
  /** A folder with a block in each file, named by its CID: served at /blocks/<cid>, for any page (block-host.ts). */
  readonly blocks?: string;
}

export interface StaticHost {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

const TYPES: Readonly<Record<string, string>> = {
  ".bin": "application/octet-stream",
  ".cbor": "application/cbor",
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".onnx": "application/octet-stream",
  ".png": "image/png",
  ".safetensors": "application/octet-stream",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

const ENCODINGS = [
  { name: "br", suffix: ".br" },
  { name: "gzip", suffix: ".gz" },
] as const;

/** Vite puts eight characters of a hash before the extension of what it builds into assets/, and only there. */
const HASHED = /^\/assets\/(?:.*\/)?[^/]*[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const IMMUTABLE = "public, max-age=31536000, immutable";
const REVALIDATE = "no-cache";

/** Serves a built page. Unknown paths without extension get index.html: the page routes them itself. */
export async function startStaticHost(options: StaticHostOptions): Promise<StaticHost> {
  const host = options.host ?? "127.0.0.1";
  const server = createServer((request, response) => {
    answer(options, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((onListening, onError) => {
    server.once("error", onError);
    server.listen(options.port, host, onListening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host === "127.0.0.1" ? "localhost" : host}:${port}/`,
    port,
    stop: () =>
      new Promise((onClosed) => {
        server.close(() => onClosed());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  options: StaticHostOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  setHeaders(response, { ...SECURITY_HEADERS, ...options.headers });
  const isBlock = options.blocks !== undefined && (request.url ?? "").startsWith(BLOCKS_PATH);
  if (request.method !== "GET" && request.method !== "HEAD" && !(isBlock && request.method === "OPTIONS")) {
    response.setHeader("Allow", "GET, HEAD");
    return fail(response, 405, "only GET and HEAD");
  }
  const path = requestedPath(request.url ?? "/");
  if (path === undefined) return fail(response, 400, "not a path");
  if (isBlock && options.blocks !== undefined) {
    return sendBlock(blockFolder(options.blocks), path.slice(BLOCKS_PATH.length), request, response);
  }
  const made = options.extra?.[path];
  if (made !== undefined) return sendMade(request, response, path, made());
  const file = findFile(options.root, path);
  if (file === undefined) return fail(response, 404, "not found");
  if (extname(file) === ".html") setHeaders(response, { ...DOCUMENT_HEADERS, ...options.headers });
  await sendFile(request, response, file, HASHED.test(path));
}

function setHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Decoded and normalised; undefined when it is no path or leaves the root. */
function requestedPath(url: string): string | undefined {
  const encoded = url.split(/[?#]/, 1)[0] ?? "/";
  try {
    const path = decodeURIComponent(encoded);
    if (!path.startsWith("/") || /[\0\\]/.test(path) || path.split("/").includes("..")) return undefined;
    return normalize(path);
  } catch {
    return undefined;
  }
}

function findFile(root: string, path: string): string | undefined {
  const folder = resolve(root);
  const wanted = join(folder, path.endsWith("/") ? `${path}index.html` : path);
  if (wanted !== folder && !wanted.startsWith(folder + sep)) return undefined;
  if (isFile(wanted)) return wanted;
  const page = join(folder, "index.html");
  return extname(path) === "" && isFile(page) ? page : undefined;
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: string,
  isImmutable: boolean,
): Promise<void> {
  const { path, encoding } = bestEncoding(request, file);
  const stats = statSync(path);
  response.setHeader("Content-Type", TYPES[extname(file).toLowerCase()] ?? "application/octet-stream");
  response.setHeader("Cache-Control", isImmutable ? IMMUTABLE : REVALIDATE);
  response.setHeader("Vary", "Accept-Encoding");
  if (encoding !== undefined) response.setHeader("Content-Encoding", encoding);
  const tag = fileTag(stats, encoding);
  response.setHeader("ETag", tag);
  if (isKnown(request, tag)) return end(response, 304);
  response.setHeader("Content-Length", stats.size);
  if (request.method === "HEAD") return end(response, 200);
  response.writeHead(200);
  await pipeline(createReadStream(path), response);
}

/** The file itself, or the compressed one that the build put beside it. */
function bestEncoding(request: IncomingMessage, file: string): { path: string; encoding?: string } {
  const accepted = acceptedEncodings(request);
  for (const { name, suffix } of ENCODINGS) {
    if (accepted.has(name) && isFile(file + suffix)) return { path: file + suffix, encoding: name };
  }
  return { path: file };
}

function acceptedEncodings(request: IncomingMessage): ReadonlySet<string> {
  const header = request.headers["accept-encoding"];
  const items = (Array.isArray(header) ? header.join(",") : (header ?? "")).split(",");
  const accepted = items
    .map((item) => item.trim().toLowerCase())
    .filter((item) => !/;\s*q=0(\.0*)?$/.test(item));
  return new Set(accepted.map((item) => item.split(";", 1)[0] ?? ""));
}

function sendMade(request: IncomingMessage, response: ServerResponse, path: string, value: unknown): void {
  const isBytes = value instanceof Uint8Array;
  const body = isBytes ? Buffer.from(value) : Buffer.from(JSON.stringify(value));
  const type =
    TYPES[extname(path).toLowerCase()] ?? (isBytes ? "application/octet-stream" : "application/json");
  const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
  response.setHeader("Content-Type", type);
  response.setHeader("Cache-Control", REVALIDATE);
  response.setHeader("ETag", tag);
  if (isKnown(request, tag)) {
    end(response, 304);
    return;
  }
  response.setHeader("Content-Length", body.length);
  response.writeHead(200);
  response.end(request.method === "HEAD" ? undefined : body);
}

function fileTag(stats: Stats, encoding: string | undefined): string {
  return `"${stats.size.toString(36)}-${Math.trunc(stats.mtimeMs).toString(36)}${encoding === undefined ? "" : `-${encoding}`}"`;
}

function isKnown(request: IncomingMessage, tag: string): boolean {
  const known = request.headers["if-none-match"]?.split(",").map((item) => item.trim().replace(/^W\//, ""));
  return known?.includes(tag) ?? false;
}

function fail(response: ServerResponse, status: number, text: string): void {
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.writeHead(status);
  response.end(`${text}\n`);
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}
