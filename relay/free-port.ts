import { createServer } from "node:net";

/** Whether nothing listens on `port`, neither on all addresses nor on the local one. */
async function isFree(port: number): Promise<boolean> {
  for (const host of [undefined, "127.0.0.1"]) {
    if (!(await canListen(port, host))) return false;
  }
  return true;
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** Ports tried above the wanted one before any free port is taken. */
const NEIGHBOURS = 20;

/**
 * The first free port from `wanted` upwards, never one of `taken`; 0 asks for any free port.
 */
export async function freePort(wanted: number, taken: readonly number[] = []): Promise<number> {
  if (wanted !== 0) {
    for (let port = wanted; port < wanted + NEIGHBOURS && port <= 65_535; port++) {
      if (!taken.includes(port) && (await isFree(port))) return port;
    }
  }
  return anyFreePort(taken);
}

async function anyFreePort(taken: readonly number[]): Promise<number> {
  const port = await new Promise<number>((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
  return taken.includes(port) ? anyFreePort(taken) : port;
}
