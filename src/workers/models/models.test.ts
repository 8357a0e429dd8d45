import { afterEach, describe, expect, it } from "vitest";
import { cidOf } from "../../core/codec/dag-cbor.ts";
import { failure } from "../../core/errors.ts";
import { keptFolder } from "../../model/download/kept-folder.ts";
import { Library } from "../../model/download/library.ts";
import { putParcel } from "../../model/download/parcel.ts";
import { startFileServer } from "../../model/testing/file-server.ts";
import { MemoryFiles } from "../../model/testing/memory-files.ts";
import { tinyFolder } from "../../model/testing/tiny-folder.ts";
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

  it("asks the page for blocks of peers once it is connected to them", async () => {
    const files = new MemoryFiles();
    const { id } = await new Library({ files }).add(await serve(tinyFolder()));
    const blocks = new Map<string, Uint8Array>();
    const put = async (bytes: Uint8Array) => {
      blocks.set(cidOf(bytes), bytes);
      return cidOf(bytes);
    };
    const cid = await putParcel({ put }, keptFolder(files, id));
    const client = connect(new MemoryFiles());
    const source = { kind: "peers", cid } as const;
    await expect(client.add(source)).rejects.toMatchObject({ data: { code: "download-interrupted" } });
    await client.connectPeers({
      get: async (block) => {
        const bytes = blocks.get(block);
        if (bytes === undefined) throw failure("not-found", "nobody");
        return bytes;
      },
    });
    expect(await client.add(source)).toMatchObject({ name: "tiny", isComplete: true });
  });
});
