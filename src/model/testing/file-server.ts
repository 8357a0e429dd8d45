import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** How a server misbehaves with one file. */
export interface Fault {
  /** Ends the connection after so many bytes, so many times. */
  readonly cutAfterBytes?: number;
  readonly cuts?: number;
  /** Says this length instead of the file's. */
  readonly saysBytes?: number;
  readonly status?: number;
  /** Neither ETag nor Last-Modified. */
  readonly withoutTag?: boolean;
}

export interface FileServer {
  /** Ends in a slash. */
  readonly url: string;
  /** `GET path range`, in order. */
  readonly requests: string[];
  readonly files: Map<string, Uint8Array>;
  readonly faults: Map<string, Fault>;
  stop(): Promise<void>;
}

/** A real HTTP server with ranges, strong ETags, and the faults that a test wants. */
export async function startFileServer(files: ReadonlyMap<string, Uint8Array>): Promise<FileServer> {
  const kept = new Map(files);
  const faults = new Map<string, Fault>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").slice(1);
    requests.push(`${request.method} ${path} ${request.headers.range ?? ""}`.trim());
    const bytes = kept.get(path);
    if (bytes === undefined) response.writeHead(404).end();
    else answer(request, response, bytes, takeFault(faults, path));
  });
  await new Promise<void>((onListening) => server.listen(0, "127.0.0.1", onListening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    files: kept,
    faults,
    stop: () =>
      new Promise((onClosed) => {
        server.close(() => onClosed());
        server.closeAllConnections();
      }),
  };
}

/** The fault of a file for one more request. */
function takeFault(faults: Map<string, Fault>, path: string): Fault {
  const fault = faults.get(path) ?? {};
  if (fault.cuts === undefined) return fault;
  if (fault.cuts === 0) return {};
  faults.set(path, { ...fault, cuts: fault.cuts - 1 });
  return fault;
}

function answer(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, fault: Fault): void {
  if (fault.status !== undefined) {
    response.writeHead(fault.status).end();
    return;
  }
  const tag = `"${bytes.length}-${bytes.reduce((sum, byte) => (sum * 31 + byte) % 1_000_003, 7)}"`;
  if (fault.withoutTag !== true) response.setHeader("ETag", tag);
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const isSame = request.headers["if-range"] === undefined || request.headers["if-range"] === tag;
  const start = isSame ? from : 0;
  if (start > 0 && start >= bytes.length) {
    response.writeHead(416, { "Content-Range": `bytes */${bytes.length}` }).end();
    return;
  }
  const body = bytes.subarray(start);
  response.setHeader("Content-Length", fault.saysBytes ?? body.length);
  if (start > 0) response.setHeader("Content-Range", `bytes ${start}-${bytes.length - 1}/${bytes.length}`);
  response.writeHead(start > 0 ? 206 : 200);
  if (request.method === "HEAD") response.end();
  else if (fault.cutAfterBytes === undefined) response.end(body);
  else response.write(body.subarray(0, fault.cutAfterBytes), () => response.destroy());
}
