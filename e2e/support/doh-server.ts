import { createServer, type ServerResponse } from "node:http";

export interface DohServer {
  readonly url: string;
  /** Questions asked so far: `name type`. */
  readonly asked: string[];
  stop(): Promise<void>;
}

const TXT = 16;

/** A DNS-over-HTTPS resolver (JSON form, as at https://developers.google.com/speed/public-dns/docs/doh/json) over TXT records. */
export async function startDohServer(records: ReadonlyMap<string, readonly string[]>): Promise<DohServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const name = searchParams.get("name") ?? "";
    asked.push(`${name} ${searchParams.get("type") ?? ""}`);
    answer(response, name, records.get(name));
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return {
    url: `http://127.0.0.1:${port}/dns-query`,
    asked,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function answer(response: ServerResponse, name: string, texts: readonly string[] | undefined): void {
  response.writeHead(200, {
    "content-type": "application/dns-json",
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
  });
  response.end(
    JSON.stringify({
      Status: texts === undefined ? 3 : 0,
      TC: false,
      RD: true,
      RA: true,
      AD: false,
      CD: false,
      Question: [{ name, type: TXT }],
      Answer: (texts ?? []).map((text) => ({ name, type: TXT, TTL: 60, data: `"${text}"` })),
    }),
  );
}
