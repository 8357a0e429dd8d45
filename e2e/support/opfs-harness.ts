/** Runs the promises of the ModelFiles port in a worker of a real browser, over its own file system. */

import { checkModelFiles, MODEL_FILES_PROMISES } from "../../src/ports/acceptance/model-files-promises.ts";
import { opfsModelFiles } from "../../src/store/opfs/model-files.ts";

let runs = 0;

async function keepPromises(): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  for (const promise of Object.keys(MODEL_FILES_PROMISES)) {
    runs += 1;
    const root = `acceptance-${runs}`;
    const files = opfsModelFiles(root);
    outcomes[promise] = await checkModelFiles(promise, files, async () => opfsModelFiles(root));
  }
  return outcomes;
}

void keepPromises().then((outcomes) => globalThis.postMessage(outcomes));
