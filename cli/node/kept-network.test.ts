import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GenesisChoices, simulatedGenesis } from "../../sim/genesis.ts";
import { encodeGenesis, genesisCid } from "../../src/core/artifacts/genesis.ts";
import { cidOf } from "../../src/core/codec/dag-cbor.ts";
import { keptModel } from "./kept-model.ts";
import { keptNetwork } from "./kept-network.ts";
import { openStateFolder, type StateFolder } from "./state-folder.ts";

const MODEL = join(import.meta.dirname, "../../public/model");

describe("what a peer keeps of its network", () => {
  let folder: string;
  let state: StateFolder;
  let host: Host;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "parley-kept-"));
    state = await openStateFolder(join(folder, "state"));
    host = await startHost();
  });
  afterEach(async () => {
    await host.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is what the host serves, and counts while the host is away", async () => {
    const cid = host.serveNetwork();
    expect(await keptNetwork(host.url, state)).toMatchObject({
      file: { genesisCid: cid },
      genesis: { startMs: 5 },
    });
    await host.stop();
    const kept = await keptNetwork(host.url, state);
    expect(kept.file.genesisCid).toBe(cid);
    expect(kept.keptBecause).toContain("Nothing answers there");
  });

  it("follows the host when relays move", async () => {
    host.serveNetwork();
    await keptNetwork(host.url, state);
    host.serveNetwork({}, ["/ip4/192.0.2.1/tcp/9/ws"]);
    expect((await keptNetwork(host.url, state)).file.relays).toEqual(["/ip4/192.0.2.1/tcp/9/ws"]);
  });

  it("belongs to one network: another one is refused and changes nothing", async () => {
    const cid = host.serveNetwork();
    await keptNetwork(host.url, state);
    host.serveNetwork({ startMs: 6 });
    await expect(keptNetwork(host.url, state)).rejects.toMatchObject({ data: { code: "other-network" } });
    await host.stop();
    expect((await keptNetwork(host.url, state)).file.genesisCid).toBe(cid);
  });

  it("is refused when the genesis is not the one that its file names", async () => {
    host.serveNetwork();
    host.files.set("/genesis.cbor", encodeGenesis(simulatedGenesis({ startMs: 7 })));
    await expect(keptNetwork(host.url, state)).rejects.toMatchObject({ data: { code: "genesis-mismatch" } });
    host.files.set("/network.json", Buffer.from("{"));
    await expect(keptNetwork(host.url, state)).rejects.toMatchObject({ data: { code: "network-file" } });
    host.files.clear();
    await expect(keptNetwork(host.url, state)).rejects.toMatchObject({ data: { code: "not-served" } });
  });

  it("holds the network's model, checked, without the host too; a spoiled file comes again", async () => {
    const manifest = await readFile(join(MODEL, "model.json"));
    const cid = cidOf(manifest, "raw");
    await host.serveFolder(MODEL);
    const kept = await keptModel(host.url, state.models, cid);
    await writeFile(join(kept, "config.json"), "spoiled");
    expect(await keptModel(host.url, state.models, cid)).toBe(kept);
    expect(await readFile(join(kept, "config.json"))).toEqual(await readFile(join(MODEL, "config.json")));
    await host.stop();
    expect(await keptModel(host.url, state.models, cid)).toBe(kept);
    const elsewhere = join(folder, "elsewhere");
    await cp(state.models, elsewhere, { recursive: true });
    await rm(join(elsewhere, cid, "tokenizer.json"));
    await expect(keptModel(host.url, elsewhere, cid)).rejects.toMatchObject({ data: { code: "not-served" } });
  });

  it("is never another model", async () => {
    await host.serveFolder(MODEL);
    const other = cidOf(Buffer.from("other"), "raw");
    await expect(keptModel(host.url, state.models, other)).rejects.toMatchObject({
      data: { code: "model-mismatch" },
    });
    host.files.set("/model/config.json", Buffer.from("{}"));
    const cid = cidOf(await readFile(join(MODEL, "model.json")), "raw");
    await expect(keptModel(host.url, state.models, cid)).rejects.toMatchObject({
      data: { code: "model-file-changed" },
    });
  });
});

interface Host {
  readonly url: string;
  readonly files: Map<string, Uint8Array>;
  serveNetwork(choices?: GenesisChoices, relays?: readonly string[]): string;
  serveFolder(model: string): Promise<void>;
  stop(): Promise<void>;
}

async function startHost(): Promise<Host> {
  const files = new Map<string, Uint8Array>();
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? "");
    response.writeHead(file === undefined ? 404 : 200);
    response.end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    files,
    serveNetwork(choices = {}, relays = []) {
      const genesis = simulatedGenesis({ startMs: 5, ...choices });
      const cid = genesisCid(genesis);
      const file = {
        genesisCid: cid,
        relays,
        rpcUrls: ["http://127.0.0.1:1"],
        chainId: 31_337,
        demoWallet: true,
      };
      files.set("/genesis.cbor", encodeGenesis(genesis));
      files.set("/network.json", Buffer.from(JSON.stringify(file)));
      return cid;
    },
    async serveFolder(model) {
      for (const name of [
        "model.json",
        "config.json",
        "tokenizer.json",
        "benchmark.json",
        "model.safetensors",
      ]) {
        files.set(`/model/${name}`, await readFile(join(model, name)));
      }
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
