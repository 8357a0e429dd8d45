import { IDBFactory, IDBKeyRange } from "fake-indexeddb";
import { describe, expect, it, vi } from "vitest";
import { Outbox } from "../src/app/outbox/outbox.ts";
import type { BackgroundDelivery } from "../src/ports/background-delivery.ts";
import { backgroundDelivery, deliverKept } from "../src/store/background-delivery.ts";
import { type SimulatedNode, World } from "./world.ts";

const PAIR = { id: "pair", prompt: "What is an epoch?", answer: "A minute of work.", createdAtMs: 1 };

interface Member {
  readonly node: SimulatedNode;
  readonly outbox: Outbox;
}

async function open(
  world: World,
  name: string,
  { disk, background }: { disk?: SimulatedNode["disk"]; background?: BackgroundDelivery } = {},
): Promise<Member> {
  const node = await world.addNode(name, disk);
  const outbox = new Outbox(node.dependencies, node.runner, background);
  await outbox.start();
  return { node, outbox };
}

/** A trainer and three who check, in epoch 0. */
async function network(world: World): Promise<readonly [Member, Member, Member, Member]> {
  const first = await open(world, "trainer");
  const second = await open(world, "second");
  const third = await open(world, "third");
  const fourth = await open(world, "fourth");
  for (const { node } of [first, second, third, fourth]) await node.runner.startDonating();
  await first.node.store.putPair(PAIR);
  await world.advanceToEpoch(0);
  await world.clock.advance(2_000);
  return [first, second, third, fourth];
}

const fates = ({ outbox }: Member) =>
  outbox.entries.value.map(({ kind, state, detail }) => ({ kind, state, ...(detail && { detail }) }));

describe("the outbox", () => {
  it("shows delta and checks as counted when their epoch has closed", async () => {
    const world = new World();
    const [trainer, checker] = await network(world);
    await trainer.node.runner.train();
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    expect(fates(trainer)).toEqual([
      { kind: "commit", state: "counted" },
      { kind: "submission", state: "counted" },
    ]);
    expect(fates(checker)).toEqual([{ kind: "attestation", state: "counted" }]);
  });

  it("says why what did not get out in time can no longer count", async () => {
    const world = new World();
    const [trainer, ...others] = await network(world);
    await trainer.node.runner.train();
    await world.clock.advance(2_000);
    world.network.setOnline(trainer.node.dependencies.identity.nodeId, false);
    await world.clock.advance(20_000);
    expect(fates(trainer).at(-1)).toEqual({ kind: "submission", state: "waiting" });
    // Something for the others to close the epoch with.
    await others[0].node.runner.log.append("proposal", {
      title: "t",
      text: "t",
      proposalType: "protocol.parameter",
      changes: null,
    });
    await world.advanceToEpoch(1);
    await world.clock.advance(5_000);
    world.network.setOnline(trainer.node.dependencies.identity.nodeId, true);
    await world.clock.advance(10_000);
    expect(fates(trainer)).toContainEqual({
      kind: "submission",
      state: "refused",
      detail: "Epoch 0 closed without it.",
    });
  });

  it("names who holds a message, over a reload", async () => {
    const world = new World();
    const [trainer, second] = await network(world);
    const { nodeId } = trainer.node.dependencies.identity;
    world.network.setOnline(nodeId, false);
    await trainer.node.runner.log.append("ballot", { proposal: `bafyrei${"a".repeat(52)}`, choice: "for" });
    await world.clock.advance(1_000);
    expect(fates(trainer)).toEqual([{ kind: "ballot", state: "waiting" }]);
    world.network.setOnline(nodeId, true);
    await world.clock.advance(5_000);
    const [entry] = trainer.outbox.entries.value;
    expect(entry?.state).toBe("delivered");
    expect(entry?.confirmedBy).toContain(second.node.dependencies.identity.nodeId);
    await world.kill(trainer.node);
    const again = await open(world, "trainer", { disk: trainer.node.disk });
    expect(again.outbox.entries.value).toEqual([entry]);
  });

  it("lists what was signed in the moment before the page went away", async () => {
    const world = new World();
    const [trainer] = await network(world);
    const { log } = trainer.node.runner;
    await log.append("ballot", { proposal: `bafyrei${"a".repeat(52)}`, choice: "for" });
    for (const { cid } of await trainer.node.store.listOutbox()) await trainer.node.store.deleteOutbox(cid);
    await world.kill(trainer.node);
    const again = await open(world, "trainer", { disk: trainer.node.disk });
    expect(again.outbox.entries.value).toMatchObject([{ kind: "ballot" }]);
  });

  it("hands what nobody has to the background, in order, and takes back what became of it", async () => {
    const world = new World();
    const engine = { indexedDB: new IDBFactory(), IDBKeyRange };
    const kept = backgroundDelivery({
      mailboxes: ["http://mailbox/"],
      engine,
      wake: async () => undefined,
    });
    let handedOver = 0;
    const background: BackgroundDelivery = {
      ...kept,
      handOver: async (messages) => {
        await kept.handOver(messages);
        handedOver = messages.length;
      },
    };
    const { node, outbox } = await open(world, "alone", { background });
    const by = "b".repeat(64);
    const first = await node.runner.log.append("ballot", {
      proposal: `bafyrei${"a".repeat(52)}`,
      choice: "for",
    });
    const second = await node.runner.log.append("ballot", {
      proposal: `bafyrei${"a".repeat(52)}`,
      choice: "against",
    });
    const sent: Uint8Array[] = [];
    const mailbox: typeof fetch = async (_, init) => {
      sent.push(new Uint8Array(await new Response(init?.body ?? null).arrayBuffer()));
      return sent.length === 1
        ? Response.json({ state: "held", by })
        : Response.json({ code: "late", message: "Too late" }, { status: 422 });
    };
    await vi.waitFor(() => expect(handedOver).toBe(2), { timeout: 20_000 });
    expect(await deliverKept(mailbox, engine)).toBe(1);
    expect(sent).toEqual([first, second].map(({ message }) => message.bytes));
    await outbox.deliver();
    expect(outbox.entries.value).toMatchObject([
      { state: "delivered", confirmedBy: [by] },
      { state: "waiting", detail: "A mailbox refused it: Too late" },
    ]);
  });
});
