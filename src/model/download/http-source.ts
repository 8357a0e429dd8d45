import { failure, ParleyError } from "../../core/errors.ts";
import type { Continuation, FolderSource, OpenedFile } from "./source.ts";

/**
 * The folder that an address means: one on the web as it stands, `https://huggingface.co/owner/name` as that
 * repository's files. Errors: model-address.
 */
export function folderUrl(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "") {
    throw failure(
      "model-address",
      "This is no address of a model.",
      "https://… of a folder",
      address.slice(0, 200),
    );
  }
  url.hash = "";
  url.search = "";
  const [, owner, name, view, revision] = url.pathname.split("/");
  if (url.hostname === "huggingface.co" && owner && name && view !== "resolve") {
    return new URL(
      `https://huggingface.co/${owner}/${name}/resolve/${view === "tree" && revision ? revision : "main"}/`,
    );
  }
  if (/\.json$/.test(url.pathname)) url.pathname = url.pathname.replace(/[^/]*$/, "");
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** Files over HTTP. Goes on by Range (RFC 9110, 14): the tag is a strong ETag, or the time of the last change. */
export function httpSource(folder: URL): FolderSource {
  return {
    name: nameOf(folder),
    stepBytes: 1,
    async find(path, signal) {
      const response = await request(new URL(path, folder), { method: "HEAD", signal });
      if (response === undefined) return undefined;
      return { bytes: response.ok ? lengthOf(response) : undefined };
    },
    async open(path, from, signal) {
      const url = new URL(path, folder);
      const opened = await openAt(url, from, signal);
      // Another file by now, or a server that cannot go on where we asked.
      return opened === "changed" ? openWhole(url, signal) : opened;
    },
  };
}

async function openAt(
  url: URL,
  { start, tag }: Continuation,
  signal: AbortSignal | undefined,
): Promise<OpenedFile | "changed" | undefined> {
  if (start === 0 || tag === undefined) return openWhole(url, signal);
  // If-Range makes a preflight of a request to another origin, which few servers allow: there the tag is compared.
  const sameOrigin = globalThis.location === undefined || globalThis.location.origin === url.origin;
  const headers = { Range: `bytes=${start}-`, ...(sameOrigin ? { "If-Range": tag } : {}) };
  const response = await request(url, { headers, signal });
  if (response === undefined) return undefined;
  if (response.status === 200) return opened(response, 0, lengthOf(response), signal);
  const range = contentRange(response);
  const isSame = tagOf(response) === tag;
  if (response.status === 416 && range?.total === start) {
    return { start, total: start, tag, body: nothing() };
  }
  if (response.status === 206 && range?.start === start && isSame) {
    return opened(response, start, range.total, signal);
  }
  await response.body?.cancel();
  return "changed";
}

async function openWhole(url: URL, signal: AbortSignal | undefined): Promise<OpenedFile | undefined> {
  const response = await request(url, { signal });
  if (response === undefined) return undefined;
  if (response.ok) return opened(response, 0, lengthOf(response), signal);
  throw failure("download-refused", "The server does not give this file.", "200", `${response.status}`);
}

function opened(
  response: Response,
  start: number,
  total: number | undefined,
  signal: AbortSignal | undefined,
): OpenedFile {
  return { start, total, tag: tagOf(response), body: pieces(response, signal) };
}

/** The answer, whatever its status; undefined when there is no such file. */
async function request(
  url: URL,
  options: { method?: string; headers?: Record<string, string>; signal: AbortSignal | undefined },
): Promise<Response | undefined> {
  const { signal, ...rest } = options;
  try {
    const response = await fetch(url, {
      ...rest,
      ...(signal === undefined ? {} : { signal }),
      cache: "no-store",
    });
    if (response.status === 404 || response.status === 410) return undefined;
    if (response.status >= 500 || response.status === 429) {
      throw failure("download-interrupted", "The server cannot answer now.", "200", `${response.status}`);
    }
    if (response.status === 401 || response.status === 403) {
      throw failure(
        "download-refused",
        "The server wants a key for this model.",
        "200",
        `${response.status}`,
      );
    }
    return response;
  } catch (thrown) {
    throw interruption(thrown, signal);
  }
}

async function* pieces(response: Response, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (thrown) {
    throw interruption(thrown, signal);
  } finally {
    // Who stops reading ends the transfer.
    await reader.cancel().catch(() => undefined);
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

function interruption(thrown: unknown, signal: AbortSignal | undefined): ParleyError {
  if (thrown instanceof ParleyError) return thrown;
  if (signal?.aborted) return failure("aborted", "The download was stopped.");
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return failure("download-interrupted", "The connection broke.", undefined, detail);
}

/** A strong ETag; else the time of the last change; weak tags do not name bytes. */
function tagOf({ headers }: Response): string | undefined {
  const tag = headers.get("ETag");
  if (tag?.startsWith('"')) return tag;
  return headers.get("Last-Modified") ?? undefined;
}

/** Content-Length says nothing of a body that was compressed on the way. */
function lengthOf({ headers }: Response): number | undefined {
  const encoding = headers.get("Content-Encoding") ?? "identity";
  const length = headers.get("Content-Length");
  return encoding === "identity" && length !== null ? wholeNumber(length) : undefined;
}

function contentRange({ headers }: Response): { start: number; total: number } | undefined {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers.get("Content-Range") ?? "");
  const total = wholeNumber(match?.[2] ?? "");
  return total === undefined ? undefined : { start: wholeNumber(match?.[1] ?? "") ?? -1, total };
}

function wholeNumber(text: string): number | undefined {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  return value;
}

function nameOf({ hostname, pathname }: URL): string {
  const parts = pathname.split("/").filter((part) => part !== "");
  if (hostname === "huggingface.co") return parts.slice(0, 2).join("/").slice(0, 80);
  return decodeURIComponent(parts.at(-1) ?? hostname).slice(0, 80);
}
