import fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { createDocuments } from "../src/p2p/documents/documents.ts";
import { decodeFrame, encodeFrame, signPart } from "../src/p2p/documents/frames.ts";
import type { DeviceGroup, Documents, Draft } from "../src/ports/documents.ts";
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

describe("a discussion", () => {
  const open = ({ documents }: Member) => documents.openDiscussion(SUBJECT);
  const texts = (discussion: Awaited<ReturnType<typeof open>>) =>
    discussion.comments().map(({ text }) => text);

  it("reaches everyone who reads it, in one order, and a late reader when its author has gone", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const [atAda, atBen] = [await open(ada), await open(ben)];
    await settle();
    await atAda.say("Too short?");
    await settle();
    const [question] = atBen.comments();
    await atBen.say("Long enough.", question?.id);
    await settle();
    expect(texts(atAda)).toEqual(["Too short?", "Long enough."]);
    expect(atBen.comments()).toEqual(atAda.comments());
    expect(atAda.comments()[1]).toMatchObject({ author: ben.nodeId, replyTo: question?.id });

    world.network.setOnline(ada.nodeId, false);
    const late = await open(await join("late"));
    await settle();
    expect(late.comments()).toEqual(atAda.comments());
  });

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

  it("keeps what was said without peers, over a reload, and delivers it later", async () => {
    const ada = await join("ada");
    await (await open(ada)).say("Is anybody here?");
    await world.kill(ada.node);
    const again = await join("ada", ada.node.disk);
    const discussion = await open(again);
    expect(texts(discussion)).toEqual(["Is anybody here?"]);
    const reader = await open(await join("ben"));
    await settle();
    expect(texts(reader)).toEqual(["Is anybody here?"]);
  });

  it("lets authors take back their own comments and nobody else's", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const [atAda, atBen] = [await open(ada), await open(ben)];
    await atAda.say("First");
    await atAda.say("Second");
    await settle();
    const [first] = atBen.comments();
    await expect(atBen.remove(first?.id ?? "")).rejects.toMatchObject({ data: { code: "not-yours" } });
    await atAda.remove(first?.id ?? "");
    await settle();
    expect(texts(atBen)).toEqual(["Second"]);
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

  it("shows who is there while they are", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const [atAda, atBen] = [await open(ada), await open(ben)];
    await settle();
    expect(atAda.present()).toEqual([ben.nodeId]);
    await atBen.close();
    await world.clock.advance(60_000);
    expect(atAda.present()).toEqual([]);
  });

  it("has a bounded part for each author", async () => {
    const ada = await join("ada");
    const discussion = await open(ada);
    await expect(discussion.say(" ")).rejects.toMatchObject({ data: { code: "comment-length" } });
    await expect(discussion.say("x".repeat(2_001))).rejects.toMatchObject({
      data: { code: "comment-length" },
    });
    const fill = async () => {
      for (let index = 0; index < 70; index++) await discussion.say(`${index} ${"x".repeat(1_900)}`);
    };
    await expect(fill()).rejects.toMatchObject({ data: { code: "document-full" } });
    const before = discussion.comments().length;
    expect(before).toBeGreaterThan(50);
    await discussion.remove(discussion.comments()[0]?.id ?? "");
    await discussion.say("There is room again");
    expect(discussion.comments()).toHaveLength(before);
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

  it("merges what two editors write at the same time", async () => {
    const { atAda, atBen } = await shared();
    await atAda.write("Epochs should be longer.");
    await settle();
    expect(atBen.text()).toBe("Epochs should be longer.");
    await Promise.all([
      atAda.write("All epochs should be longer."),
      atBen.write("Epochs should be longer. Much."),
    ]);
    await settle();
    expect(atAda.text()).toBe("All epochs should be longer. Much.");
    expect(atBen.text()).toBe(atAda.text());
  });

  it("keeps out who is no editor, and drops what a removed editor wrote", async () => {
    const { ada, ben, atAda, atBen, id } = await shared();
    const eve = await join("eve");
    await settle();
    const atEve = await eve.documents.openDraft(id);
    await settle();
    await atBen.write("By Ben");
    await settle();
    expect(atEve.text()).toBe("By Ben");
    expect(() => atEve.write("By Eve")).toThrow("Only the editors");
    const { identity, gossip, networkCid } = eve.node.dependencies;
    const scope = `draft/${id}`;
    const body = { scope, document: "text", version: 1, update: Uint8Array.of(0, 0) };
    const parts = [signPart(networkCid, identity, body)];
    await gossip.publish(topicOf(eve, scope), encodeFrame({ kind: "parts", answerTo: null, parts }));
    await settle();
    expect(refusals(ada)).toEqual({ "not-editor": 1 });
    await ada.documents.setEditors(id, []);
    await settle();
    expect([atAda.text(), atEve.text()]).toEqual(["", ""]);
    await expect(ben.documents.setEditors(id, [ben.nodeId])).rejects.toMatchObject({
      data: { code: "not-owner" },
    });
  });

  it("shows where the others write", async () => {
    const { ben, atAda, atBen } = await shared();
    atBen.showCursor(7);
    await settle();
    expect(atAda.present()).toEqual([{ nodeId: ben.nodeId, cursor: 7 }]);
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

  it("are the same on all devices, the last writer's value counting", async () => {
    const [phone, laptop] = [await join("phone"), await join("laptop")];
    const both = group([phone, laptop]);
    const atPhone = await phone.documents.openDeviceRecords(both, "addresses");
    const atLaptop = await laptop.documents.openDeviceRecords(both, "addresses");
    await settle();
    await atPhone.put("Ada", "0xa");
    await settle();
    await atLaptop.put("Ada", "0xb");
    await atLaptop.put("Ben", "0xc");
    await settle();
    expect(entries(atPhone)).toEqual({ Ada: "0xb", Ben: "0xc" });
    await atPhone.put("Ben", null);
    await settle();
    expect([entries(atPhone), entries(atLaptop)]).toEqual([
      { Ada: "0xb", Ben: null },
      { Ada: "0xb", Ben: null },
    ]);
  });

  it("say nothing to whoever listens, and take nothing from who has no key", async () => {
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

    const otherKey = { ...both, key: new Uint8Array(32).fill(9), members: [...both.members, eve.nodeId] };
    const atEve = await eve.documents.openDeviceRecords(otherKey, "addresses");
    await atEve.put("Ada", "0xevil");
    await settle();
    expect(entries(atLaptop)).toEqual({ Ada: "0xsecret" });
  });

  it("outlive a reload", async () => {
    const phone = await join("phone");
    await (await phone.documents.openDeviceRecords(group([phone]), "threads")).put("one", "{}");
    await world.kill(phone.node);
    const again = await join("phone", phone.node.disk);
    const records = await again.documents.openDeviceRecords(group([again]), "threads");
    expect(entries(records)).toEqual({ one: "{}" });
  });
});
