import type { CID } from "multiformats/cid";
import { failure, toErrorData } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { isOfCid } from "./local-blocks.ts";
import { withSignal } from "./with-signal.ts";

/** A mirror that lied or failed is asked again after this time. */
const LEFT_MS = 5 * 60_000;
const ATTEMPTS = 4;

/**
 * Plain web servers that hold blocks in files named by CID: GET <mirror>/<cid>?format=raw, which a trustless gateway
 * understands too (https://specs.ipfs.tech/http-gateways/trustless-gateway/). An answer that is cut off goes on by Range
 * (RFC 9110, 14). Nothing of theirs is believed: the hash is checked.
 */
export class Mirrors {
  readonly #urls: readonly string[];
  readonly #leftUntilMs = new Map<string, number>();

  constructor(urls: readonly string[]) {
    this.#urls = urls.map((url) => url.replace(/\/+$/, ""));
  }

  /** Errors: not-found (no mirror has it), aborted. */
  async get(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    for (const url of this.#urls) {
      if ((this.#leftUntilMs.get(url) ?? 0) > performance.now()) continue;
      try {
        const bytes = await download(`${url}/${cid.toString()}?format=raw`, signal);
        if (bytes === undefined) continue;
        if (await isOfCid(bytes, cid)) return bytes;
      } catch (thrown) {
        if (toErrorData(thrown).code === "aborted" || signal.aborted) throw thrown;
      }
      this.#leftUntilMs.set(url, performance.now() + LEFT_MS);
    }
    throw failure("not-found", "No mirror has this block", cid.toString());
  }
}

/** Undefined when the server does not have it. Errors: mirror-failed, aborted. */
async function download(url: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  const body = new Body();
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const response = await request(url, body.length, signal);
    if (response.status === 404 || response.status === 410) return undefined;
    if (!response.ok || response.body === null) break;
    // A server that knows no ranges begins again.
    if (response.status !== 206) body.cut();
    if (await readInto(body, response.body, lengthOf(response), signal)) return body.bytes();
  }
  throw failure("mirror-failed", "A mirror did not give a block", url);
}

async function request(url: string, from: number, signal: AbortSignal): Promise<Response> {
  const headers = {
    Accept: "application/vnd.ipld.raw, application/octet-stream",
    ...(from > 0 ? { Range: `bytes=${from}-` } : {}),
  };
  const patience = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.contentSilenceMs)]);
  return fetch(url, { headers, signal: patience, credentials: "omit", referrerPolicy: "no-referrer" });
}

/** Of what still comes; undefined when the server does not say, or when it says it of the compressed form. */
function lengthOf(response: Response): number | undefined {
  const length = response.headers.get("content-length");
  return length === null || response.headers.has("content-encoding") ? undefined : Number(length);
}

/** Whether all of it came. Errors: too-large, silent, aborted. */
async function readInto(
  body: Body,
  stream: ReadableStream<Uint8Array>,
  expected: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const reader = stream.getReader();
  let came = 0;
  try {
    for (;;) {
      const silence = AbortSignal.any([signal, AbortSignal.timeout(LIMITS.contentSilenceMs)]);
      const { done, value } = await withSignal(reader.read(), silence);
      if (done) return expected === undefined || came === expected;
      came += value.length;
      body.append(value);
    }
  } catch (thrown) {
    if (signal.aborted || toErrorData(thrown).code === "too-large") throw thrown;
    return false;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

class Body {
  #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length > LIMITS.artifactBytes) {
      throw failure("too-large", "A mirror sends more than a block", `${LIMITS.artifactBytes} bytes`);
    }
    this.#parts.push(part);
  }

  cut(): void {
    this.#parts = [];
    this.#length = 0;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }
}
