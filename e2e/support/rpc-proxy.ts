import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** What a JSON-RPC endpoint does with requests; each may be changed at any time. */
export interface ProxySwitches {
  /** HTTP status in the place of an answer, and how long it asks to be left alone. */
  refuse: { readonly status: number; readonly retryAfterSeconds?: number } | undefined;
  /** In the place of the chain's own. */
  chainId: number | undefined;
  /** Blocks above this do not exist here. */
  headNumber: number | undefined;
  /** Refuses arrays of requests. */
  noBatches: boolean;
  /** Blocks that one getLogs may span; 0: it answers none. */
  logRange: number | undefined;
  /** Calls still to be answered as those of a block that is not there (EIP-1898). */
  lostCalls: number;
}

export interface RpcProxy extends ProxySwitches {
  readonly url: string;
  /** Methods asked for, one after another. */
  readonly asked: string[];
  /** HTTP requests. */
  posts: number;
  stop(): Promise<void>;
}

interface Request {
  readonly id: number;
  readonly method: string;
  readonly params?: readonly unknown[];
}

/** A JSON-RPC endpoint in front of another that limits, lags, lies about its chain or goes away when a test says so. */
export async function startRpcProxy(targetUrl: string): Promise<RpcProxy> {
  const asked: string[] = [];
  const switches: ProxySwitches = {
    refuse: undefined,
    chainId: undefined,
    headNumber: undefined,
    noBatches: false,
    logRange: undefined,
    lostCalls: 0,
  };
  const server = createServer((request, response) => {
    // Pages of other origins may ask, as every public endpoint lets them.
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-allow-headers", "content-type");
    if (request.method === "OPTIONS") {
      response.writeHead(204).end();
      return;
    }
    proxy.posts++;
    void answer(proxy, targetUrl, request, response);
  });
  const port = await listening(server);
  const proxy: RpcProxy = Object.assign(switches, {
    url: `http://127.0.0.1:${port}`,
    asked,
    posts: 0,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
  return proxy;
}

/** On any free port of this machine, which it resolves with. */
export function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

async function answer(
  proxy: RpcProxy,
  targetUrl: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const { refuse } = proxy;
  if (refuse !== undefined) {
    const { status, retryAfterSeconds } = refuse;
    response.writeHead(
      status,
      retryAfterSeconds === undefined ? {} : { "retry-after": `${retryAfterSeconds}` },
    );
    response.end();
    return;
  }
  const body: Request | readonly Request[] = JSON.parse(Buffer.concat(chunks).toString());
  const answers =
    "method" in body
      ? await one(proxy, targetUrl, body)
      : proxy.noBatches
        ? refusal(0, -32600, "batches are not supported")
        : await Promise.all(body.map((each) => one(proxy, targetUrl, each)));
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify(answers));
}

async function one(proxy: RpcProxy, targetUrl: string, request: Request): Promise<object> {
  const { id, method, params = [] } = request;
  proxy.asked.push(method);
  if (method === "eth_chainId" && proxy.chainId !== undefined) {
    return { jsonrpc: "2.0", id, result: `0x${proxy.chainId.toString(16)}` };
  }
  if (method === "eth_call" && proxy.lostCalls > 0) {
    proxy.lostCalls--;
    return refusal(id, -32001, "Resource not found");
  }
  const behind = proxy.headNumber === undefined ? undefined : behindBy(proxy.headNumber, method, params);
  if (behind === "unknown") return refusal(id, -32000, "header not found");
  if (method === "eth_getLogs" && proxy.logRange !== undefined) {
    const [filter] = params;
    const { fromBlock, toBlock } = JSON.parse(JSON.stringify(filter));
    if (proxy.logRange === 0 || Number(toBlock) - Number(fromBlock) >= proxy.logRange) {
      return refusal(id, -32005, `query exceeds max block range ${proxy.logRange}`);
    }
  }
  const forwarded = {
    jsonrpc: "2.0",
    id,
    method: behind?.method ?? method,
    params: behind?.params ?? params,
  };
  const response = await fetch(targetUrl, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(forwarded),
  });
  const answered: object = await response.json();
  return method === "eth_blockNumber" && behind !== undefined
    ? { jsonrpc: "2.0", id, result: `0x${(proxy.headNumber ?? 0).toString(16)}` }
    : answered;
}

/** The same request as a node would understand it that knows no later block. */
function behindBy(headNumber: number, method: string, params: readonly unknown[]) {
  const head = `0x${headNumber.toString(16)}`;
  const [first, ...rest] = params;
  if (method === "eth_getBlockByNumber" && first === "latest") return { method, params: [head, ...rest] };
  const named = params.find((one) => typeof one === "string" && /^0x[0-9a-f]{1,10}$/.test(one));
  if (typeof named === "string" && Number(named) > headNumber) return "unknown";
  return { method, params };
}

const refusal = (id: number, code: number, message: string) => ({
  jsonrpc: "2.0",
  id,
  error: { code, message },
});
