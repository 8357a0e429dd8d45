import { describe, expect, it } from "vitest";
import { providerName, versionName } from "./model-status.ts";

describe("model status", () => {
  it("names the base version whole and content-addressed versions by both ends", () => {
    expect(versionName("base")).toBe("base");
    expect(versionName("bafyreigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi")).toBe("bafyreig…bzdi");
  });

  it("says where the answers are computed", () => {
    expect(providerName("webgpu", 1)).toBe("on your graphics card");
    expect(providerName("wasm", 1)).toBe("on 1 core of this device");
    expect(providerName("wasm", 4)).toBe("on 4 cores of this device");
  });
});
