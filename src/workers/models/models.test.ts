import { afterEach, describe, expect, it } from "vitest";
import { ManualClock } from "../../../sim/adapters/clock.ts";
import { MemoryNetwork } from "../../../sim/adapters/network/network.ts";
import { Library } from "../../model/download/library.ts";
import { startFileServer } from "../../model/testing/file-server.ts";
import { MemoryFiles } from "../../model/testing/memory-files.ts";
import { tinyFolder } from "../../model/testing/tiny-folder.ts";
import type { Progress } from "../../ports/progress.ts";
import { connectRpc, serveRpc } from "../rpc.ts";
import { type ModelsClient, modelsOver } from "./client.ts";
import { modelsHandlers } from "./handlers.ts";
import type { ModelsProtocol } from "./protocol.ts";

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

/** Both ends of the worker's connection, without the worker. */
function connect(files: MemoryFiles): ModelsClient {
  const { port1, port2 } = new MessageChannel();
  const stop = serveRpc<ModelsProtocol>(
    port2,
    modelsHandlers((artifacts) => new Library({ files, artifacts })),
  );
  const client = modelsOver(connectRpc<ModelsProtocol>(port1));
  endings.push(client.close, stop, () => port1.close());
  return client;
}

async function serve(files: ReadonlyMap<string, Uint8Array>) {
  const server = await startFileServer(files);
  endings.push(() => void server.stop());
  return { kind: "url", url: server.url } as const;
}

describe("models worker", () => {
  it("brings, lists and removes models, with progress", async () => {
    const client = connect(new MemoryFiles());
    const seen: number[] = [];
    const model = await client.add(await serve(tinyFolder()), ({ done }) => seen.push(done));
    expect(Math.max(...seen)).toBeGreaterThan(0);
    expect(await client.list()).toEqual([model]);
    await client.remove(model.id);
    expect(await client.list()).toEqual([]);
  });

  it("passes refusals on as data", async () => {
    const source = await serve(new Map([["model.json", new TextEncoder().encode("{}")]]));
    const adding = connect(new MemoryFiles()).add(source);
    await expect(adding).rejects.toMatchObject({ data: { code: "model-manifest" } });
  });

  it("shares a model with peers, and gets one from them, once the page has connected it", async () => {
    const sender = connect(new MemoryFiles());
    const { id } = await sender.add(await serve(tinyFolder()));
    const { artifacts } = new MemoryNetwork({ clock: new ManualClock() }).join("page");
    await expect(sender.share(id)).rejects.toMatchObject({ data: { code: "network-missing" } });
    await sender.connectPeers(artifacts);
    const seen: Progress[] = [];
    const cid = await sender.share(id, (progress) => seen.push(progress));
    expect(seen.at(-1)?.done).toBe(seen.at(-1)?.total);
    const client = connect(new MemoryFiles());
    const source = { kind: "peers", cid } as const;
    await expect(client.add(source)).rejects.toMatchObject({ data: { code: "download-interrupted" } });
    await client.connectPeers(artifacts);
    expect(await client.add(source)).toMatchObject({ name: "tiny", isComplete: true });
    await sender.unshare(cid);
    expect(await artifacts.has(cid)).toBe(false);
  });

  it("shares only what is whole, and stops when told to", async () => {
    const client = connect(new MemoryFiles());
    await expect(client.share("url-nothing")).rejects.toMatchObject({ data: { code: "model-partial" } });
    const { id } = await client.add(await serve(tinyFolder()));
    const abort = new AbortController();
    const { artifacts } = new MemoryNetwork({ clock: new ManualClock() }).join("page");
    await client.connectPeers(artifacts);
    const sharing = client.share(id, () => abort.abort(), abort.signal);
    await expect(sharing).rejects.toMatchObject({ data: { code: "aborted" } });
  });
});
