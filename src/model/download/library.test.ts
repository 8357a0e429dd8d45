import { afterEach, describe, expect, it } from "vitest";
import { cidOf } from "../../core/codec/dag-cbor.ts";
import { ParleyError } from "../../core/errors.ts";
import { LIMITS } from "../../core/limits.ts";
import { describeModelLibrary } from "../../ports/acceptance/model-library.ts";
import type { Artifacts } from "../../ports/artifacts.ts";
import { loadModel } from "../folder.ts";
import { type FileServer, startFileServer } from "../testing/file-server.ts";
import { huggingFaceFolder } from "../testing/hugging-face-folder.ts";
import { MemoryFiles } from "../testing/memory-files.ts";
import { tinyFolder } from "../testing/tiny-folder.ts";
import { encodeDialogue } from "../text/chat.ts";
import { keptFolder } from "./kept-folder.ts";
import { Library } from "./library.ts";
import { putParcel } from "./parcel.ts";

let servers: FileServer[] = [];
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
});

async function serve(files: ReadonlyMap<string, Uint8Array>): Promise<FileServer> {
  const server = await startFileServer(files);
  servers.push(server);
  return server;
}

const url = (server: FileServer) => ({ kind: "url", url: server.url }) as const;
const WEIGHTS = "model.safetensors";

for (const [name, folder] of [
  ["a folder of ours", tinyFolder],
  ["a folder of Hugging Face", huggingFaceFolder],
] as const) {
  describeModelLibrary(name, async () => {
    const [server, broken, empty] = [await serve(folder()), await serve(folder()), await serve(new Map())];
    // A connection that brings something is followed by another at once.
    broken.faults.set(WEIGHTS, { cutAfterBytes: 0 });
    const files = new MemoryFiles();
    return {
      library: new Library({ files }),
      source: url(server),
      broken: url(broken),
      empty: url(empty),
      mend: () => broken.faults.clear(),
      reopen: async () => new Library({ files: files.reopened() }),
      dispose: async () => undefined,
    };
  });
}

/** The code of what `action` is refused with. */
async function refusal(action: Promise<unknown>): Promise<ParleyError> {
  const error: unknown = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ParleyError) return error;
  throw new Error(`expected a refusal, received ${String(error)}`);
}

/** A Hugging Face folder with one JSON file changed. */
function edited(path: string, edit: (json: Record<string, unknown>) => unknown, shards: 1 | 2 = 1) {
  const folder = huggingFaceFolder(shards);
  const json = JSON.parse(new TextDecoder().decode(folder.get(path))) as Record<string, unknown>;
  return folder.set(path, new TextEncoder().encode(JSON.stringify(edit(json) ?? json)));
}

describe("a download", () => {
  it("asks only for the rest after a break, and gives the same bytes", async () => {
    const server = await serve(tinyFolder());
    server.faults.set(WEIGHTS, { cutAfterBytes: 5_000, cuts: 2 });
    const files = new MemoryFiles();
    const { id } = await new Library({ files }).add(url(server));
    const asked = server.requests.filter((request) => request.includes(WEIGHTS));
    expect(asked).toEqual([
      `GET ${WEIGHTS}`,
      expect.stringMatching(/bytes=\d+-$/),
      expect.stringMatching(/bytes=\d+-$/),
    ]);
    const whole = tinyFolder().get(WEIGHTS) ?? new Uint8Array();
    expect(await files.read(id, WEIGHTS, 0, whole.length)).toEqual(whole);
  });

  it("starts a file anew that became another one in the meantime", async () => {
    const [first, second] = [huggingFaceFolder(1), huggingFaceFolder(1)];
    const changed = (second.get(WEIGHTS) ?? new Uint8Array()).slice();
    changed[changed.length - 1] = 0x12;
    const server = await serve(first);
    server.faults.set(WEIGHTS, { cutAfterBytes: 5_000, cuts: 1 });
    const files = new MemoryFiles();
    const progress = () => {
      if (server.faults.get(WEIGHTS)?.cuts === 0) server.files.set(WEIGHTS, changed);
    };
    const { id } = await new Library({ files }).add(url(server), progress);
    expect(await files.read(id, WEIGHTS, 0, changed.length)).toEqual(changed);
  });

  it("does not go on in a file without a hash whose server cannot say that it is the same", async () => {
    const server = await serve(huggingFaceFolder());
    server.faults.set(WEIGHTS, { cutAfterBytes: 5_000, withoutTag: true });
    const files = new MemoryFiles();
    const adding = new Library({ files }).add(url(server));
    expect((await refusal(adding)).code).toBe("download-interrupted");
    server.faults.clear();
    await new Library({ files }).add(url(server));
    expect(server.requests.filter((request) => /bytes=/.test(request))).toEqual([]);
  });

  it("says what is needed, what is there and what could be removed, before weights are asked for", async () => {
    const [small, large] = [await serve(tinyFolder()), await serve(huggingFaceFolder())];
    const bytes = [...tinyFolder().values()].reduce((sum, { length }) => sum + length, 0);
    const library = new Library({ files: new MemoryFiles(bytes + 10_000) });
    await library.add(url(small));
    const error = await refusal(library.add(url(large)));
    expect(error.data).toMatchObject({
      code: "model-room",
      message: expect.stringMatching(/needs 0\.\d MiB and this browser has 0\.\d MiB left.*remove tiny/),
    });
    expect(large.requests.filter((request) => request === `GET ${WEIGHTS}`)).toEqual([]);
  });

  it("says how far it came when the device is full on the way, and keeps that", async () => {
    /** Browsers promise more room than they give. */
    class Boastful extends MemoryFiles {
      override space = async () => ({ usedBytes: 0, freeBytes: 1e9 });
    }
    const library = new Library({ files: new Boastful(40_000) });
    const error = await refusal(library.add(url(await serve(tinyFolder()))));
    expect(error.data).toMatchObject({
      code: "model-room",
      message: expect.stringMatching(/full after 0\.\d MiB of tiny, which needs 0\.\d MiB.*free some space/),
    });
    expect(await library.list()).toMatchObject([{ name: "tiny", isComplete: false }]);
  });

  it("goes on after a server that could not answer", async () => {
    const server = await serve(huggingFaceFolder());
    server.faults.set(WEIGHTS, { status: 503 });
    const library = new Library({ files: new MemoryFiles() });
    expect((await refusal(library.add(url(server)))).code).toBe("download-interrupted");
    server.faults.clear();
    expect((await library.add(url(server))).isComplete).toBe(true);
  });
});

describe("a hostile folder is refused", () => {
  it.each([
    ["fewer bytes than said", { saysBytes: 10_000_000 }, "download-interrupted"],
    ["more bytes than model.json said", { saysBytes: 1_000 }, "model-file-changed"],
    ["a key wanted", { status: 403 }, "download-refused"],
  ])("%s", async (_, fault, code) => {
    const server = await serve(tinyFolder());
    server.faults.set(WEIGHTS, fault);
    const files = new MemoryFiles();
    const error = await refusal(new Library({ files }).add(url(server)));
    expect([code, "model-file-changed"]).toContain(error.code);
    expect(await files.list((await files.folders())[0] ?? "")).not.toContainEqual(
      expect.objectContaining({ path: "model.json" }),
    );
  });

  it.each([
    [
      "an absurd config",
      edited("config.json", (json) => void Object.assign(json, { hidden_size: 1e9 })),
      "model-config",
    ],
    [
      "shapes that do not fit config",
      edited("config.json", (json) => void Object.assign(json, { intermediate_size: 64 })),
      "model-weights",
    ],
    [
      "a missing tensor",
      edited("config.json", (json) => void Object.assign(json, { num_hidden_layers: 3 })),
      "model-weights",
    ],
    [
      "a tokenizer of another kind",
      edited("tokenizer.json", (json) => void Object.assign(json, { model: { type: "Unigram", vocab: [] } })),
      "model-tokenizer",
    ],
    [
      "an index that names files elsewhere",
      edited("model.safetensors.index.json", () => ({ weight_map: { a: "../../secret" } }), 2),
      "model-weights",
    ],
    [
      "an index that names no files",
      edited("model.safetensors.index.json", () => ({ weight_map: {} }), 2),
      "model-weights",
    ],
    [
      "a template without end",
      huggingFaceFolder().set(
        "chat_template.jinja",
        new TextEncoder().encode("{% macro f() %}{{ f() }}{{ f() }}{% endmacro %}{{ f() }}"),
      ),
      "model-template",
    ],
    [
      "weights that are none",
      huggingFaceFolder().set(WEIGHTS, new Uint8Array(5_000).fill(7)),
      "model-weights",
    ],
    ["no weights", new Map([...huggingFaceFolder()].filter(([path]) => path !== WEIGHTS)), "model-folder"],
    ["a manifest that is none", new Map([["model.json", new TextEncoder().encode("{}")]]), "model-manifest"],
    [
      "another file than model.json names",
      new Map([...tinyFolder(), ["tokenizer.json", new Uint8Array(22)]]),
      "model-file-changed",
    ],
  ])("%s", async (_, folder, code) => {
    const server = await serve(folder);
    const library = new Library({ files: new MemoryFiles() });
    const error = await refusal(library.add(url(server)));
    expect(error.code).toBe(code);
    expect(error.data.expected ?? error.data.message).not.toBe("");
    expect(await library.list()).toEqual([]);
  });

  it("weights of the right length with one byte changed", async () => {
    const folder = new Map(tinyFolder());
    const bytes = (folder.get(WEIGHTS) ?? new Uint8Array()).slice();
    bytes[bytes.length - 1] = 0x12 ^ (bytes.at(-1) ?? 0);
    const library = new Library({ files: new MemoryFiles() });
    const error = await refusal(library.add(url(await serve(folder.set(WEIGHTS, bytes)))));
    expect(error.data).toMatchObject({
      code: "model-file-changed",
      expected: cidOf(tinyFolder().get(WEIGHTS) ?? new Uint8Array(), "raw"),
      received: cidOf(bytes, "raw"),
    });
    expect(await library.list()).toEqual([]);
  });

  it.each(["", "model", "ftp://a/b", "javascript:alert(1)", "https://me@host/"])(
    "the address %j",
    async (address) => {
      const adding = new Library({ files: new MemoryFiles() }).add({ kind: "url", url: address });
      expect((await refusal(adding)).code).toBe("model-address");
    },
  );
});

describe("a Hugging Face folder", () => {
  it("becomes a model: manifest, licence, LoRA settings, template and ends made on the way", async () => {
    const files = new MemoryFiles();
    const { id, licence } = await new Library({ files }).add(url(await serve(huggingFaceFolder())));
    const model = await loadModel(keptFolder(files, id));
    const weights = huggingFaceFolder().get(WEIGHTS) ?? new Uint8Array();
    expect(licence).toBe("apache-2.0");
    expect(model.manifest.lora).toEqual({ rank: 8, alpha: 32, seed: cidOf(weights, "raw") });
    expect([...model.tokenizer.ends].sort()).toEqual([0, 1, 3]);
    const hello = model.tokenizer.encode("hello");
    expect(encodeDialogue(model.tokenizer, [{ role: "user", content: " hello " }], 60)).toEqual([
      1,
      ...hello,
      2,
    ]);
  });

  it("loads the same weights from two files as from one", async () => {
    const load = async (shards: 1 | 2) => {
      const files = new MemoryFiles();
      const { id } = await new Library({ files }).add(url(await serve(huggingFaceFolder(shards))));
      return (await loadModel(keptFolder(files, id))).weights;
    };
    const [one, two] = [await load(1), await load(2)];
    expect([...two.keys()]).toEqual([...one.keys()]);
    for (const [name, data] of one) {
      const difference = data.reduce(
        (most, value, index) => Math.max(most, Math.abs(value - (two.get(name)?.[index] ?? 9))),
        0,
      );
      expect(difference).toBeLessThan(1e-4);
    }
  });

  it("is loaded from picked files as from the web", async () => {
    const picked = [...tinyFolder()].map(
      ([name, bytes]) => new File([bytes.slice()], name, { lastModified: 1 }),
    );
    const files = new MemoryFiles();
    const { id, name } = await new Library({ files }).add({ kind: "files", files: picked });
    expect(name).toBe("tiny");
    expect((await loadModel(keptFolder(files, id))).cid).toBe(
      cidOf(tinyFolder().get("model.json") ?? new Uint8Array(), "raw"),
    );
  });
});

describe("a model from peers", () => {
  /** Blocks that some peer holds. */
  class Blocks implements Pick<Artifacts, "put" | "get"> {
    readonly kept = new Map<string, Uint8Array>();
    async put(bytes: Uint8Array): Promise<string> {
      expect(bytes.length).toBeLessThanOrEqual(LIMITS.artifactBytes);
      const cid = cidOf(bytes);
      this.kept.set(cid, bytes);
      return cid;
    }
    async get(cid: string): Promise<Uint8Array> {
      const block = this.kept.get(cid);
      if (block === undefined) throw new ParleyError({ code: "not-found", message: "nobody" });
      return block;
    }
    async has(cid: string): Promise<boolean> {
      return this.kept.has(cid);
    }
    async delete(cid: string): Promise<void> {
      this.kept.delete(cid);
    }
  }

  async function share() {
    const files = new MemoryFiles();
    const sender = await new Library({ files }).add(url(await serve(tinyFolder())));
    const blocks = new Blocks();
    return { blocks, cid: await putParcel(blocks, keptFolder(files, sender.id)) };
  }

  it("has the CID that it has everywhere", async () => {
    const { blocks, cid } = await share();
    const files = new MemoryFiles();
    const { id } = await new Library({ files, artifacts: () => blocks }).add({ kind: "peers", cid });
    expect((await loadModel(keptFolder(files, id))).cid).toBe(
      cidOf(tinyFolder().get("model.json") ?? new Uint8Array(), "raw"),
    );
  });

  it("is taken away whole, once and again, and nothing else is", async () => {
    const { blocks, cid } = await share();
    const other = await blocks.put(Uint8Array.of(0xa0));
    const library = new Library({ files: new MemoryFiles(), artifacts: () => blocks });
    await library.unshare(cid);
    expect([...blocks.kept.keys()]).toEqual([other]);
    await library.unshare(cid);
    expect((await refusal(library.unshare(other))).code).toBe("model-parcel");
  });

  it("goes on when the peer with the missing block is back", async () => {
    const { blocks, cid } = await share();
    const last = [...blocks.kept].find(([, block]) => block.length > 20_000);
    blocks.kept.delete(last?.[0] ?? "");
    const library = new Library({ files: new MemoryFiles(), artifacts: () => blocks });
    expect((await refusal(library.add({ kind: "peers", cid }))).code).toBe("not-found");
    expect(await library.list()).toMatchObject([
      { name: "tiny", isComplete: false, source: { kind: "peers", cid } },
    ]);
    if (last !== undefined) blocks.kept.set(...last);
    expect((await library.add({ kind: "peers", cid })).isComplete).toBe(true);
  });

  it("is refused when the CID names something else, and waits where there is no network", async () => {
    const blocks = new Blocks();
    const cid = await blocks.put(Uint8Array.of(0xa0));
    const library = new Library({ files: new MemoryFiles(), artifacts: () => blocks });
    expect((await refusal(library.add({ kind: "peers", cid }))).code).toBe("model-parcel");
    const alone = new Library({ files: new MemoryFiles() });
    expect((await refusal(alone.add({ kind: "peers", cid }))).code).toBe("download-interrupted");
  });
});
