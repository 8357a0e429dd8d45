import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LIMITS } from "../../core/limits.ts";
import type { NodeId } from "../../core/primitives.ts";
import type { DeviceGroup, DeviceRecords, Discussion, Documents, Draft } from "../documents.ts";

export interface DocumentsDevice {
  readonly nodeId: NodeId;
  readonly documents: Documents;
}

export interface DocumentsUnderTest {
  /** A device of its own, in reach of all others; after it has left, the same name is its next life on the same disk. */
  join(name: string): Promise<DocumentsDevice>;
  /** Its tab dies without a word. */
  leave(device: DocumentsDevice): Promise<void>;
  /** For all of them. */
  advance(ms: number): Promise<void>;
  dispose(): Promise<void>;
}

const SUBJECT = "bafyreiproposal";
/** In this time who is there no more has been forgotten. */
const FORGOTTEN_MS = 60_000;
const WAIT = { timeout: 40_000, interval: 10 };
const code = (value: string) => ({ data: { code: value } });

/** Promises of the Documents port. */
export function describeDocuments(name: string, make: () => Promise<DocumentsUnderTest>): void {
  describe(`Documents: ${name}`, { timeout: 120_000 }, () => {
    let subject: DocumentsUnderTest | undefined;
    const current = (): DocumentsUnderTest => {
      if (subject === undefined) throw new Error("no subject");
      return subject;
    };
    beforeEach(async () => {
      subject = await make();
    });
    afterEach(async () => {
      await subject?.dispose();
      subject = undefined;
    });
    const stage: Stage = {
      join: (device) => current().join(device),
      leave: (device) => current().leave(device),
      advance: (ms) => current().advance(ms),
      eventually: (holds) =>
        vi.waitFor(async () => {
          await current().advance(250);
          holds();
        }, WAIT),
    };
    describe("a discussion", () => describeDiscussions(stage));
    describe("a draft", () => describeDrafts(stage));
    describe("records of a person's devices", () => describeRecords(stage));

    it("are all closed at the end: nothing is heard any more", async () => {
      const [ada, ben] = [await stage.join("ada"), await stage.join("ben")];
      const atBen = await ben.documents.openDiscussion(SUBJECT);
      const atAda = await ada.documents.openDiscussion(SUBJECT);
      await atAda.say("Before");
      await stage.eventually(() => expect(texts(atBen)).toEqual(["Before"]));
      await ben.documents.stop();
      let heard = 0;
      atBen.onChange(() => heard++);
      await atAda.say("After");
      await stage.advance(5_000);
      expect(heard).toBe(0);
    });
  });
}

interface Stage extends Pick<DocumentsUnderTest, "join" | "leave" | "advance"> {
  /** Lets time pass until it holds. */
  eventually(holds: () => void): Promise<void>;
}

const texts = (discussion: Discussion): readonly string[] => discussion.comments().map(({ text }) => text);

function describeDiscussions({ join, leave, advance, eventually }: Stage): void {
  const open = ({ documents }: DocumentsDevice) => documents.openDiscussion(SUBJECT);

  it("reaches everyone who reads it, in one order, and a late reader when its author has gone", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const [atAda, atBen] = [await open(ada), await open(ben)];
    await atAda.say("Too short?");
    await eventually(() => expect(texts(atBen)).toEqual(["Too short?"]));
    const [question] = atBen.comments();
    await advance(1_000);
    await atBen.say("  Long enough. ", question?.id);
    await eventually(() => expect(texts(atAda)).toEqual(["Too short?", "Long enough."]));
    expect(atBen.comments()).toEqual(atAda.comments());
    expect(atAda.comments()[1]).toMatchObject({ author: ben.nodeId, replyTo: question?.id });

    const said = atAda.comments();
    await leave(ada);
    const late = await open(await join("late"));
    await eventually(() => expect(late.comments()).toEqual(said));
  });

  it("keeps what was said without peers, over a reload, and delivers it later", async () => {
    const ada = await join("ada");
    await (await open(ada)).say("Is anybody here?");
    await leave(ada);
    const discussion = await open(await join("ada"));
    expect(texts(discussion)).toEqual(["Is anybody here?"]);
    const reader = await open(await join("ben"));
    await eventually(() => expect(texts(reader)).toEqual(["Is anybody here?"]));
  });

  it("is not mixed with another one", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const atAda = await open(ada);
    const [same, other] = [await open(ben), await ben.documents.openDiscussion("another")];
    await atAda.say("Only here");
    await eventually(() => expect(texts(same)).toEqual(["Only here"]));
    expect(texts(other)).toEqual([]);
  });

  it("lets authors take back their own comments and nobody else's", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const [atAda, atBen] = [await open(ada), await open(ben)];
    await atAda.say("First");
    await advance(1_000);
    await atAda.say("Second");
    await eventually(() => expect(texts(atBen)).toEqual(["First", "Second"]));
    const first = atBen.comments()[0]?.id ?? "";
    await expect(atBen.remove(first)).rejects.toMatchObject(code("not-yours"));
    await atAda.remove(first);
    await eventually(() => expect(texts(atBen)).toEqual(["Second"]));
  });

  it("tells its listeners what is new, until they have left", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const [atAda, atBen] = [await open(ada), await open(ben)];
    const seen: string[] = [];
    const stop = atBen.onChange(() => seen.push(...texts(atBen)));
    await atAda.say("First");
    await eventually(() => expect(seen).toContain("First"));
    stop();
    const count = seen.length;
    await atAda.say("Second");
    await eventually(() => expect(texts(atBen)).toContain("Second"));
    expect(seen).toHaveLength(count);
  });

  it("shows who is there while they are", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const [atAda, atBen] = [await open(ada), await open(ben)];
    await eventually(() => expect(atAda.present()).toEqual([ben.nodeId]));
    await atBen.close();
    await advance(FORGOTTEN_MS);
    await eventually(() => expect(atAda.present()).toEqual([]));
  });

  it("has bounded comments, and a bounded part for each author", async () => {
    const discussion = await open(await join("ada"));
    const tooLong = "x".repeat(LIMITS.commentCharacters + 1);
    for (const words of ["", " ", tooLong]) {
      await expect(discussion.say(words)).rejects.toMatchObject(code("comment-length"));
    }
    const longest = "x".repeat(LIMITS.commentCharacters - 10);
    const fill = async () => {
      for (let at = 0; at <= LIMITS.commentsPerAuthor; at++) await discussion.say(`${at} ${longest}`);
    };
    await expect(fill()).rejects.toMatchObject(code("document-full"));
    const before = discussion.comments().length;
    expect(before).toBeGreaterThan(50);
    await discussion.remove(discussion.comments()[0]?.id ?? "");
    await discussion.say("There is room again");
    expect(discussion.comments()).toHaveLength(before);
  });
}

function describeDrafts({ join, leave, advance, eventually }: Stage): void {
  interface Shared {
    readonly ada: DocumentsDevice;
    readonly ben: DocumentsDevice;
    readonly atAda: Draft;
    readonly atBen: Draft;
    readonly id: string;
  }

  /** A draft of Ada's that Ben may write too, open at both. */
  async function shared(): Promise<Shared> {
    const [ada, ben] = [await join("ada"), await join("ben")];
    const { id } = await ada.documents.createDraft("Longer epochs");
    await ada.documents.setEditors(id, [ben.nodeId]);
    await eventually(() => expect(ben.documents.drafts()[0]?.editors).toContain(ben.nodeId));
    const [atAda, atBen] = [await ada.documents.openDraft(id), await ben.documents.openDraft(id)];
    await eventually(() => expect([atAda.present().length, atBen.present().length]).toEqual([1, 1]));
    return { ada, ben, atAda, atBen, id };
  }

  it("is listed everywhere by title, with its owner and editors, until its owner deletes it", async () => {
    const [ada, ben] = [await join("ada"), await join("ben")];
    let changes = 0;
    ben.documents.onDrafts(() => changes++);
    const later = await ada.documents.createDraft(" Zebra ");
    const first = await ada.documents.createDraft("Ant");
    expect(later).toEqual({ id: later.id, owner: ada.nodeId, title: "Zebra", editors: [ada.nodeId] });
    expect(later.id.startsWith(`${ada.nodeId}/`)).toBe(true);
    await eventually(() => expect(ben.documents.drafts()).toEqual([first, later]));
    expect(ada.documents.drafts()).toEqual(ben.documents.drafts());
    expect(changes).toBeGreaterThan(0);
    await ada.documents.deleteDraft(first.id);
    await eventually(() => expect(ben.documents.drafts()).toEqual([later]));
  });

  it("outlives a reload: the list, and what was written", async () => {
    const ada = await join("ada");
    const { id } = await ada.documents.createDraft("Longer epochs");
    await (await ada.documents.openDraft(id)).write("Kept");
    await leave(ada);
    const { documents } = await join("ada");
    expect(documents.drafts()).toMatchObject([{ id, title: "Longer epochs" }]);
    expect((await documents.openDraft(id)).text()).toBe("Kept");
  });

  it("merges what two editors write at the same time", async () => {
    const { atAda, atBen } = await shared();
    await atAda.write("Epochs should be longer.");
    await eventually(() => expect(atBen.text()).toBe("Epochs should be longer."));
    await Promise.all([
      atAda.write("All epochs should be longer."),
      atBen.write("Epochs should be longer. Much."),
    ]);
    const both = "All epochs should be longer. Much.";
    await eventually(() => expect([atAda.text(), atBen.text()]).toEqual([both, both]));
  });

  it("keeps out who is no editor, and drops what a removed editor wrote", async () => {
    const { ada, ben, atAda, atBen, id } = await shared();
    const eve = await join("eve");
    await eventually(() => expect(eve.documents.drafts()).toHaveLength(1));
    const atEve = await eve.documents.openDraft(id);
    await atBen.write("By Ben");
    await eventually(() => expect([atAda.text(), atEve.text()]).toEqual(["By Ben", "By Ben"]));
    await expect(atEve.write("By Eve")).rejects.toMatchObject(code("not-editor"));
    await ada.documents.setEditors(id, []);
    await eventually(() => expect([atAda.text(), atEve.text()]).toEqual(["", ""]));
    await expect(ben.documents.setEditors(id, [])).rejects.toMatchObject(code("not-owner"));
    await expect(ben.documents.deleteDraft(id)).rejects.toMatchObject(code("not-owner"));
  });

  it("shows where the others write, and who only reads", async () => {
    const { ada, ben, atAda, atBen } = await shared();
    await advance(1_000);
    atBen.showCursor(7);
    await eventually(() => expect(atAda.present()).toEqual([{ nodeId: ben.nodeId, cursor: 7 }]));
    await advance(1_000);
    atBen.showCursor(undefined);
    await eventually(() => expect(atAda.present()).toEqual([{ nodeId: ben.nodeId }]));
    expect(atBen.present()).toEqual([{ nodeId: ada.nodeId }]);
  });

  it("is bounded, and says how", async () => {
    const { nodeId, documents } = await join("ada");
    const tooLong = "x".repeat(LIMITS.proposalTitleCharacters + 1);
    for (const title of [" ", tooLong]) {
      await expect(documents.createDraft(title)).rejects.toMatchObject(code("draft-title"));
    }
    await expect(documents.openDraft(`${nodeId}/none`)).rejects.toMatchObject(code("draft-unknown"));
    const { id } = await documents.createDraft("Draft");
    const crowd = Array.from({ length: LIMITS.draftEditors + 1 }, (_, at) => `${at}`.padStart(64, "0"));
    await expect(documents.setEditors(id, crowd)).rejects.toMatchObject(code("too-many-editors"));
    const draft = await documents.openDraft(id);
    const tooMuch = "x".repeat(LIMITS.draftTextCharacters + 1);
    await expect(draft.write(tooMuch)).rejects.toMatchObject(code("document-full"));
    for (let count = 1; count < LIMITS.draftsPerAuthor; count++)
      await documents.createDraft(`Draft ${count}`);
    await expect(documents.createDraft("One more")).rejects.toMatchObject(code("too-many-drafts"));
  });
}

function describeRecords({ join, leave, advance, eventually }: Stage): void {
  const group = (members: readonly DocumentsDevice[], fill = 7): DeviceGroup => ({
    id: `group-${fill}`,
    key: new Uint8Array(32).fill(fill),
    members: members.map(({ nodeId }) => nodeId),
  });
  const entries = (records: DeviceRecords) => Object.fromEntries(records.entries());
  const open = ({ documents }: DocumentsDevice, of: DeviceGroup) =>
    documents.openDeviceRecords(of, "addresses");

  it("are the same on all devices, the last writer's value counting", async () => {
    const [phone, laptop] = [await join("phone"), await join("laptop")];
    const both = group([phone, laptop]);
    const [atPhone, atLaptop] = [await open(phone, both), await open(laptop, both)];
    await atPhone.put("Ada", "0xa");
    await eventually(() => expect(entries(atLaptop)).toEqual({ Ada: "0xa" }));
    await advance(1_000);
    await atLaptop.put("Ada", "0xb");
    await atLaptop.put("Ben", "0xc");
    await eventually(() => expect(entries(atPhone)).toEqual({ Ada: "0xb", Ben: "0xc" }));
    await advance(1_000);
    await atPhone.put("Ben", null);
    const removed = { Ada: "0xb", Ben: null };
    await eventually(() => expect([entries(atPhone), entries(atLaptop)]).toEqual([removed, removed]));
  });

  it("take nothing from who has another key, though it knows the group and who is in it", async () => {
    const [phone, laptop, eve] = [await join("phone"), await join("laptop"), await join("eve")];
    const all = group([phone, laptop, eve]);
    const [atPhone, atLaptop] = [await open(phone, all), await open(laptop, all)];
    const atEve = await open(eve, { ...all, key: new Uint8Array(32).fill(9) });
    await atEve.put("Ada", "0xevil");
    await atPhone.put("Ben", "0xb");
    await eventually(() => expect(entries(atLaptop)).toEqual({ Ben: "0xb" }));
    await advance(3_000);
    expect(entries(atLaptop)).toEqual({ Ben: "0xb" });
    expect(entries(atEve)).toEqual({ Ada: "0xevil" });
  });

  it("are of one collection alone", async () => {
    const phone = await join("phone");
    await (await open(phone, group([phone]))).put("Ada", "0xa");
    const threads = await phone.documents.openDeviceRecords(group([phone]), "threads");
    expect(entries(threads)).toEqual({});
  });

  it("outlive a reload", async () => {
    const phone = await join("phone");
    await (await open(phone, group([phone]))).put("one", "{}");
    await leave(phone);
    const again = await join("phone");
    expect(entries(await open(again, group([again])))).toEqual({ one: "{}" });
  });

  it("are bounded; what a device releases makes room, and stays with the others that wrote it", async () => {
    const [phone, laptop] = [await join("phone"), await join("laptop")];
    const both = group([phone, laptop]);
    const [atPhone, atLaptop] = [await open(phone, both), await open(laptop, both)];
    const tooLong = "x".repeat(LIMITS.deviceRecordCharacters + 1);
    await expect(atPhone.put("long", tooLong)).rejects.toMatchObject(code("document-full"));
    const large = "x".repeat(LIMITS.deviceRecordCharacters - 100);
    const fill = async () => {
      for (let at = 0; at <= LIMITS.deviceRecords; at++) await atPhone.put(`old ${at}`, large);
    };
    await expect(fill()).rejects.toMatchObject(code("document-full"));
    await atPhone.release(["old 0"]);
    await atPhone.put("new", large);
    expect(atPhone.entries().has("old 0")).toBe(false);
    await atLaptop.put("its own", "{}");
    await eventually(() => expect(atPhone.entries().has("its own")).toBe(true));
    await atPhone.release(["its own"]);
    await advance(3_000);
    expect(atPhone.entries().get("its own")).toBe("{}");
  });
}
