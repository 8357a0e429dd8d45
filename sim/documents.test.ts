import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createDocuments } from "../src/p2p/documents/documents.ts";
import { decodeFrame, encodeFrame, signPart } from "../src/p2p/documents/frames.ts";
import { type DocumentsDevice, describeDocuments } from "../src/ports/acceptance/documents.ts";
import type { DeviceGroup, Documents, Draft } from "../src/ports/documents.ts";
import { SeededRandom } from "./adapters/random.ts";
import { type SimulatedNode, World } from "./world.ts";

const SETTLE_MS = 3_000;
const SUBJECT = "bafyreiproposal";

interface Member {
  readonly node: SimulatedNode;
  readonly documents: Documents;
  readonly nodeId: string;
}

let world: World;

beforeEach(() => {
  world = new World();
});

async function join(name: string, disk?: SimulatedNode["disk"]): Promise<Member> {
  const node = await world.addNode(name, disk);
  const { identity, gossip, store, clock, random, networkCid: network } = node.dependencies;
  const documents = await createDocuments({ identity, gossip, store, clock, random, network });
  return { node, documents, nodeId: identity.nodeId };
}

const settle = () => world.clock.advance(SETTLE_MS);
const topicOf = ({ node }: Member, scope: string) =>
  `/parley/${node.dependencies.networkCid.slice(-16)}/documents/${scope}`;
const refusals = ({ node }: Member): Record<string, number> =>
  Object.assign({}, ...Object.values(node.dependencies.gossip.status().refused));

describeDocuments("over simulated gossip", async () => {
  const disks = new Map<string, SimulatedNode["disk"]>();
  const running = new Map<DocumentsDevice, SimulatedNode>();
  let lives = 0;
  return {
    async join(name) {
      const node = await world.addNode(name, disks.get(name));
      disks.set(name, node.disk);
      const { identity, gossip, store, clock, networkCid: network } = node.dependencies;
      const random = new SeededRandom(`${name} ${lives++}`);
      const documents = await createDocuments({ identity, gossip, store, clock, random, network });
      const device = { nodeId: identity.nodeId, documents };
      running.set(device, node);
      return device;
    },
    async leave(device) {
      await device.documents.stop();
      const node = running.get(device);
      if (node !== undefined) await world.kill(node);
    },
    advance: (ms) => world.clock.advance(ms),
    dispose: async () => undefined,
  };
});

describe("a discussion", () => {
  const open = ({ documents }: Member) => documents.openDiscussion(SUBJECT);

  it("is told to a late reader by one of those who hold it, not by all", async () => {
    const holders = [await join("ada"), await join("ben"), await join("cleo"), await join("dora")];
    const [first] = await Promise.all(holders.map(open));
    await first?.say("Hello");
    await settle();
    const late = await join("late");
    const published = holders.map(({ node }) => vi.spyOn(node.dependencies.gossip, "publish"));
    await late.node.dependencies.gossip.publish(
      topicOf(late, `discussion/${SUBJECT}`),
      encodeFrame({ kind: "have", mark: "00".repeat(8), held: [] }),
    );
    await world.clock.advance(1_000);
    const answers = published
      .flatMap(({ mock }) => mock.calls)
      .filter(([, bytes]) => decodeFrame(bytes).kind === "parts").length;
    expect(answers).toBe(1);
  });

  it("refuses what its author has not signed, and what is no document, and names both", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    await open(ada);
    const atBen = await open(ben);
    await settle();
    const { identity, gossip, networkCid } = ada.node.dependencies;
    const scope = `discussion/${SUBJECT}`;
    const update = Uint8Array.of(1, 2, 3);
    const part = signPart(networkCid, identity, { scope, document: "comments", version: 1, update });
    const forged = { ...part, author: ben.nodeId, version: 2 };
    for (const one of [part, forged, { ...part, document: "other" }, { ...part, scope: "drafts" }]) {
      await gossip.publish(topicOf(ada, scope), encodeFrame({ kind: "parts", answerTo: null, parts: [one] }));
    }
    await gossip.publish(topicOf(ada, scope), Uint8Array.of(0xff));
    await settle();
    expect(refusals(ben)).toEqual({
      "malformed-document": 1,
      "bad-signature": 1,
      "not-editor": 1,
      "wrong-document": 1,
      "malformed-cbor": 1,
    });
    expect(atBen.comments()).toEqual([]);
  });
});

describe("a draft", () => {
  async function shared(): Promise<{ ada: Member; ben: Member; atAda: Draft; atBen: Draft; id: string }> {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const { id } = await ada.documents.createDraft("Longer epochs");
    await ada.documents.setEditors(id, [ben.nodeId]);
    await settle();
    expect(ben.documents.drafts()).toMatchObject([{ id, title: "Longer epochs" }]);
    const [atAda, atBen] = [await ada.documents.openDraft(id), await ben.documents.openDraft(id)];
    await settle();
    return { ada, ben, atAda, atBen, id };
  }

  it("refuses a part of who is no editor, and names it", async () => {
    const { ada, atAda, id } = await shared();
    const eve = await join("eve");
    await settle();
    const { identity, gossip, networkCid } = eve.node.dependencies;
    const scope = `draft/${id}`;
    const body = { scope, document: "text", version: 1, update: Uint8Array.of(0, 0) };
    const parts = [signPart(networkCid, identity, body)];
    await gossip.publish(topicOf(eve, scope), encodeFrame({ kind: "parts", answerTo: null, parts }));
    await settle();
    expect(refusals(ada)).toEqual({ "not-editor": 1 });
    expect(atAda.text()).toBe("");
  });

  it("ends the same at all editors, whatever they write and whoever is away meanwhile", async () => {
    const word = fc.stringMatching(/^[a-c😀]{0,6}$/u);
    const step = fc.record({ who: fc.nat(1), text: word, away: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        world = new World();
        const { ada, ben, atAda, atBen } = await shared();
        for (const { who, text, away } of steps) {
          world.network.setOnline(ben.nodeId, !away);
          const draft = who === 0 ? atAda : atBen;
          await draft.write(`${draft.text()}${text}`);
          await world.clock.advance(500);
        }
        world.network.setOnline(ben.nodeId, true);
        await world.clock.advance(10_000);
        expect(atBen.text()).toBe(atAda.text());
        expect(ada.nodeId).not.toBe(ben.nodeId);
      }),
      { numRuns: 12 },
    );
  });
});

describe("records of a person's devices", () => {
  const group = (members: readonly Member[], fill = 7): DeviceGroup => ({
    id: `group-${fill}`,
    key: new Uint8Array(32).fill(fill),
    members: members.map(({ nodeId }) => nodeId),
  });
  const entries = (records: { entries(): ReadonlyMap<string, string | null> }) =>
    Object.fromEntries(records.entries());

  it("say nothing to whoever listens", async () => {
    const [phone, laptop, eve] = [await join("phone"), await join("laptop"), await join("eve")];
    const both = group([phone, laptop]);
    const heard: Uint8Array[] = [];
    const scope = `devices/${both.id}/addresses`;
    eve.node.dependencies.gossip.subscribe(topicOf(eve, scope), async (bytes) => {
      heard.push(bytes);
      return undefined;
    });
    const atPhone = await phone.documents.openDeviceRecords(both, "addresses");
    const atLaptop = await laptop.documents.openDeviceRecords(both, "addresses");
    await settle();
    await atPhone.put("Ada", "0xsecret");
    await settle();
    expect(entries(atLaptop)).toEqual({ Ada: "0xsecret" });
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.map((bytes) => new TextDecoder().decode(bytes)).join()).not.toMatch(/secret|Ada/);
  });
});
