import { chmodSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { MemoryWallet } from "../../sim/adapters/chain/wallet.ts";
import { simulatedAddress } from "../../sim/genesis.ts";
import { type SimulatedNode, World } from "../../sim/world.ts";
import { Waits } from "../../src/chain/waits.ts";
import { genesisCid } from "../../src/core/artifacts/genesis.ts";
import { LIMITS } from "../../src/core/limits.ts";
import { Donor } from "./donor.ts";
import { parseHeldOutFile } from "./held-out.ts";

const FIRST = [{ prompt: "Who verifies?", answer: "Whoever is drawn." }];
const SECOND = [{ prompt: "Who anchors?", answer: "Whoever's turn it is." }];
const PAIR = { id: "pair", prompt: "What is an epoch?", answer: "A minute of work.", createdAtMs: 1 };
const LOOK_MS = 500;
const LOOKED_MS = 5_000;

const bytesOf = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe("a file with held-out tasks", () => {
  it("holds a list for each epoch", () => {
    expect(parseHeldOutFile(bytesOf([FIRST, SECOND]))).toEqual([FIRST, SECOND]);
  });

  it.each([
    ["one list alone", FIRST, "expected array, received object"],
    ["no list", [], ">=1"],
    ["an empty list", [FIRST, []], "[1]"],
    ["a task without an answer", [[{ prompt: "p" }]], "[0][0].answer"],
    ["a field that is unknown", [[{ prompt: "p", answer: "a", weight: 1 }]], "weight"],
    ["an empty prompt", [[{ prompt: "", answer: "a" }]], `1 to ${LIMITS.promptCharacters} characters`],
    ["too many tasks", [Array.from({ length: LIMITS.heldOutPairs + 1 }, () => FIRST[0])], "<=64"],
    ["too many lists", Array.from({ length: LIMITS.heldOutLists + 1 }, () => FIRST), "<=256"],
  ])("is refused with %s, by what was expected and what came", (_, value, received) => {
    const refused = () => parseHeldOutFile(bytesOf(value));
    expect(refused).toThrow(
      expect.objectContaining({
        data: expect.objectContaining({
          code: "held-out-file",
          expected: expect.stringContaining('[[{"prompt"'),
          received: expect.stringContaining(received),
        }),
      }),
    );
  });

  it("is refused with a list beyond the limit of a block", () => {
    const long = {
      prompt: "語".repeat(LIMITS.promptCharacters),
      answer: "語".repeat(LIMITS.correctionCharacters),
    };
    const list = Array.from({ length: LIMITS.heldOutPairs }, () => long);
    expect(() => parseHeldOutFile(bytesOf([FIRST, list]))).toThrow("List 2 of the file is too large");
  });

  it("is refused without a word of what is in it when it is no JSON", () => {
    const refused = () => parseHeldOutFile(new TextEncoder().encode("the secret task"));
    expect(refused).toThrow("no lists of held-out tasks");
    expect(refused).not.toThrow("secret");
  });
});

/** The simulated wallet, found where a key file's is. */
class KeyFileWallet extends MemoryWallet {
  override connect() {
    return super.connect("memory-wallet");
  }
}

describe("a keeper without a person", { timeout: 60_000 }, () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "parley-held-out-"));
    file = join(folder, "tasks.json");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Owner only, and with another time than before: the file counts as changed. */
  function write(lists: unknown, changes = 1): void {
    writeFileSync(file, JSON.stringify(lists), { mode: 0o600 });
    const { mtimeMs } = statSync(file);
    utimesSync(file, mtimeMs / 1_000, mtimeMs / 1_000 + changes);
  }

  function donorOf({ genesis }: World, { dependencies, runner }: SimulatedNode) {
    const lines: string[] = [];
    const network = {
      genesisCid: genesisCid(genesis),
      relays: [],
      rpcUrls: [],
      chainId: genesis.chain.chainId,
      demoWallet: false,
    };
    const donor = new Donor({
      dependencies,
      node: runner,
      network: { file: network, genesis },
      options: { faucet: false, heldOutFile: file },
      log: (_level, text) => lines.push(text),
      waits: new Waits(),
      onRefused: (thrown) => lines.push(`refused: ${thrown}`),
    });
    return { donor, lines };
  }

  async function worldWithKeeper() {
    const { dependencies } = await new World().addNode("keeper");
    const world = new World({ parameters: { heldOutKeeper: dependencies.identity.nodeId } });
    const wallet = new KeyFileWallet(world.chain, simulatedAddress("account of keeper"));
    const keeper = await world.addNode("keeper", undefined, { wallet });
    const others: SimulatedNode[] = [];
    for (let index = 0; index < 4; index++) others.push(await world.addNode(`node ${index}`));
    for (const { runner } of others) await runner.startDonating();
    const [trainer] = others;
    if (trainer === undefined) throw new Error("expected nodes");
    await trainer.store.putPair(PAIR);
    return { world, keeper, trainer };
  }

  /** The file is read in real time, looks come by the world's clock. */
  async function told(world: World, lines: readonly string[], start: string): Promise<string> {
    return vi.waitFor(
      async () => {
        await world.clock.advance(LOOK_MS);
        const line = lines.find((one) => one.startsWith(start));
        if (line === undefined) throw new Error(`not told: ${start}; but ${lines.join(", ")}`);
        return line;
      },
      { timeout: 20_000, interval: 20 },
    );
  }

  const said = ({ runner }: SimulatedNode) =>
    runner.events.value.map(({ text }) => text).filter((text) => text.includes("held-out tasks"));

  it("promises the lists of its file one after another, and shows each to the committees of one epoch", async () => {
    const { world, keeper, trainer } = await worldWithKeeper();
    write([FIRST, SECOND]);
    const { donor, lines } = donorOf(world, keeper);
    donor.start();
    await told(world, lines, "Held-out tasks: 2 new lists of 2 in the file");
    await world.advanceToEpoch(1);
    await world.clock.advance(LOOKED_MS);
    expect(trainer.runner.ledger.head.value.state.heldOut).toMatchObject({ epoch: 0 });
    await trainer.runner.train();
    await world.advanceToEpoch(2);
    await world.clock.advance(LOOKED_MS);
    const attestations = await trainer.runner.log.ofEpoch(1, "attestation");
    expect(attestations.map(({ envelope }) => envelope.body.heldOut)).not.toContain(null);
    expect(attestations.length).toBeGreaterThan(0);
    expect(said(keeper)).toEqual([
      "Promised 1 held-out tasks for a later epoch",
      "Showed 1 held-out tasks to the committees",
      "Promised 1 held-out tasks for a later epoch",
    ]);

    // What was shown is in everybody's hands: the same list is not promised again, however often it stands in the file.
    write([FIRST, FIRST, SECOND], 2);
    await told(world, lines, "Held-out tasks: 0 new lists of 3 in the file");
    donor.stop();
    await donor.settled();
  });

  it("says once whose duty it is where the network names another keeper, and takes nothing from the file", async () => {
    const world = new World();
    const wallet = new KeyFileWallet(world.chain, simulatedAddress("account of keeper"));
    const node = await world.addNode("keeper", undefined, { wallet });
    write([FIRST]);
    const { donor, lines } = donorOf(world, node);
    donor.start();
    await told(world, lines, "Held-out");
    await world.clock.advance(3 * LOOKED_MS);
    const { nodeId } = node.dependencies.identity;
    expect(lines.filter((line) => line.startsWith("Held-out"))).toEqual([
      `Held-out tasks wait: the network's keeper is nobody, this node is ${nodeId}`,
    ]);
    donor.stop();
    await donor.settled();
  });

  it("says what is wrong with the file, warns when others may read it, and reads it again when it is mended", async () => {
    const { world, keeper } = await worldWithKeeper();
    write(FIRST);
    const { donor, lines } = donorOf(world, keeper);
    donor.start();
    expect(await told(world, lines, "No held-out tasks from the file")).toContain(
      "expected array, received object",
    );
    write([FIRST], 2);
    chmodSync(file, 0o644);
    await told(world, lines, "Held-out tasks: 1 new lists of 1 in the file");
    expect(lines).toContain(`Others on this machine may read ${file}, and train on it: chmod 600 it`);
    donor.stop();
    await donor.settled();
  });
});
