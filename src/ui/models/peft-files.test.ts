import { describe, expect, it } from "vitest";
import { pickedPeft } from "./peft-files.ts";

const file = (name: string, content: string) => new File([content], name);
const bytes = (content: string) => new TextEncoder().encode(content);

describe("picked files of an adapter", () => {
  it("are told apart by their names, whatever their order", async () => {
    const files = [
      file("adapter_config.json", "c"),
      file("README.md", "r"),
      file("adapter_model.safetensors", "w"),
    ];
    const expected = { config: bytes("c"), weights: bytes("w") };
    expect(await pickedPeft(files)).toEqual(expected);
    expect(await pickedPeft(files.toReversed())).toEqual(expected);
  });

  it("may do without the configuration, but need exactly one file of weights", async () => {
    expect(await pickedPeft([file("mine.safetensors", "w")])).toEqual({ weights: bytes("w") });
    const refused = { data: { code: "adapter-files" } };
    await expect(pickedPeft([file("adapter_config.json", "c")])).rejects.toMatchObject(refused);
    const two = [file("a.safetensors", "1"), file("b.safetensors", "2")];
    await expect(pickedPeft(two)).rejects.toMatchObject(refused);
  });
});
