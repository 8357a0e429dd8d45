import { describeModelFiles } from "../../ports/acceptance/model-files.ts";
import { MemoryFiles } from "./memory-files.ts";

describeModelFiles("memory", async () => {
  const files = new MemoryFiles();
  return { files, reopen: async () => files.reopened(), dispose: async () => undefined };
});
