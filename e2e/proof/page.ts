import type { ModelPlaces } from "../../src/model/runtime/places.ts";
import { inferenceClient } from "../../src/workers/inference/client.ts";
import { trainingClient } from "../../src/workers/training/client.ts";
import { compareGpu, type GpuComparison } from "./compare-gpu.ts";
import { type GpuLoss, loseGpu } from "./lose-gpu.ts";
import { type Proof, prove } from "./prove.ts";

/** What the tests call in the page. */
export interface ProofPage {
  /** The proof, by this browser's training worker. */
  prove(places: ModelPlaces): Promise<Proof>;
  /** A greedy answer by this browser's inference worker. */
  answer(places: ModelPlaces, prompt: string): Promise<{ text: string; provider: string }>;
  compareGpu(places: ModelPlaces): Promise<GpuComparison>;
  loseGpu(places: ModelPlaces): Promise<GpuLoss>;
}

const page: ProofPage = {
  async prove(places) {
    const client = trainingClient(places);
    try {
      return await prove(client.trainer, client.evaluator);
    } finally {
      client.close();
    }
  },
  async answer(places, prompt) {
    const client = inferenceClient(places);
    try {
      const { provider } = await client.load();
      const request = {
        messages: [{ role: "user", content: prompt }],
        maxTokens: 16,
        temperature: 0,
        seed: 1,
      } as const;
      const { text } = await client.generate(request, () => undefined);
      return { text, provider };
    } finally {
      client.close();
    }
  },
  compareGpu,
  loseGpu,
};

Object.assign(globalThis, { proofPage: page });
