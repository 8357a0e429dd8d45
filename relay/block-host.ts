import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { cidBytes } from "../src/core/codec/dag-cbor.ts";

/** Where a mirror's blocks are, below its own address. */
export const BLOCKS_PATH = "/blocks/";

/** A block by its CID; undefined when it is not there. */
export type ReadBlock = (cid: string) => Promise<Uint8Array | undefined>;

/** Files named by CID. */
export function blockFolder(folder: string): ReadBlock {
  return async (cid) => {
    try {
      return new Uint8Array(await readFile(join(folder, cid)));
    } catch {
      return undefined;
    }
  };
}

/**
 * Answers GET and HEAD for one block as mirrors do: the raw bytes, for pages of any origin, for ever (a CID never means
 * anything else), whole or from an offset (`Range: bytes=N-`, RFC 9110, 14). 404 for everything that is no CID of ours.
 */
export async function sendBlock(
  read: ReadBlock,
  cid: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader("Access-Control-Allow-Origin", "*");
  response.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
  if (request.method === "OPTIONS") {
    response.setHeader("Access-Control-Allow-Headers", "Range");
    response.writeHead(204).end();
    return;
  }
  const block = isCid(cid) ? await read(cid) : undefined;
  if (block === undefined) {
    response.setHeader("Cache-Control", "no-store");
    response.writeHead(404).end();
    return;
  }
  sendBytes(block, request, response);
}

function sendBytes(block: Uint8Array, request: IncomingMessage, response: ServerResponse): void {
  response.setHeader("Content-Type", "application/vnd.ipld.raw");
  response.setHeader("Cache-Control", "public, max-age=31536000, immutable");
  response.setHeader("Accept-Ranges", "bytes");
  const from = Number(/^bytes=(\d{1,9})-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (from > 0 && from >= block.length) {
    response.setHeader("Content-Range", `bytes */${block.length}`);
    response.writeHead(416).end();
    return;
  }
  if (from > 0) response.setHeader("Content-Range", `bytes ${from}-${block.length - 1}/${block.length}`);
  response.setHeader("Content-Length", block.length - from);
  response.writeHead(from > 0 ? 206 : 200);
  response.end(request.method === "HEAD" ? undefined : block.subarray(from));
}

function isCid(text: string): boolean {
  try {
    cidBytes(text);
    return true;
  } catch {
    return false;
  }
}
