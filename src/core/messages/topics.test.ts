import { describe, expect, it } from "vitest";
import { KINDS } from "./kinds.ts";
import { classOfTopic, TOPIC_CLASSES, TOPICS, topicClassOf, topicOf } from "./topics.ts";

describe("topics", () => {
  it("carry every kind, each on exactly one topic", () => {
    const carried = TOPIC_CLASSES.flatMap((name) => TOPICS[name].kinds);
    expect([...carried].sort()).toEqual(Object.keys(KINDS).sort());
    for (const name of TOPIC_CLASSES)
      for (const kind of TOPICS[name].kinds) expect(topicClassOf(kind)).toBe(name);
  });

  it("are named after the network and the class, and read back", () => {
    const network = "bafyreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
    for (const name of TOPIC_CLASSES) expect(classOfTopic(topicOf(network, name))).toBe(name);
    expect(topicOf(network, "vote")).toBe("/parley/msck7e7aqa4s52zy/vote");
  });

  it("are not taken for what they are not", () => {
    expect(classOfTopic("parley/acceptance")).toBeUndefined();
    expect(classOfTopic("/parley/discovery/1")).toBeUndefined();
    expect(classOfTopic("/other/x/vote")).toBeUndefined();
  });
});
