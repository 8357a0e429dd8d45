/** One model that WebLLM can run, with what a person should know before the download. */
export interface CatalogueEntry {
  /** WebLLM's model_id without the quantisation, which depends on the device. */
  readonly family: string;
  readonly name: string;
  readonly parameters: number;
  readonly licence: { readonly name: string; readonly url: string };
}

const APACHE = { name: "Apache 2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" };
const MIT = { name: "MIT", url: "https://opensource.org/license/mit" };
const LLAMA = {
  name: "Llama 3.2 Community Licence",
  url: "https://github.com/meta-llama/llama-models/blob/main/models/llama3_2/LICENSE",
};
const LLAMA_31 = {
  name: "Llama 3.1 Community Licence",
  url: "https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/LICENSE",
};

/** A short list on purpose: one good choice a size. Parameters and licences as the makers' model cards give them. */
export const CATALOGUE: readonly CatalogueEntry[] = [
  { family: "SmolLM2-360M-Instruct", name: "SmolLM2 360M", parameters: 362_000_000, licence: APACHE },
  { family: "Qwen2.5-0.5B-Instruct", name: "Qwen2.5 0.5B", parameters: 494_000_000, licence: APACHE },
  { family: "Qwen3-0.6B", name: "Qwen3 0.6B", parameters: 596_000_000, licence: APACHE },
  { family: "Llama-3.2-1B-Instruct", name: "Llama 3.2 1B", parameters: 1_236_000_000, licence: LLAMA },
  { family: "Qwen2.5-1.5B-Instruct", name: "Qwen2.5 1.5B", parameters: 1_544_000_000, licence: APACHE },
  { family: "SmolLM2-1.7B-Instruct", name: "SmolLM2 1.7B", parameters: 1_711_000_000, licence: APACHE },
  { family: "Qwen3-1.7B", name: "Qwen3 1.7B", parameters: 1_721_000_000, licence: APACHE },
  { family: "Llama-3.2-3B-Instruct", name: "Llama 3.2 3B", parameters: 3_213_000_000, licence: LLAMA },
  { family: "Phi-4-mini-instruct", name: "Phi-4 mini", parameters: 3_836_000_000, licence: MIT },
  { family: "Qwen3-4B", name: "Qwen3 4B", parameters: 4_022_000_000, licence: APACHE },
  { family: "Llama-3.1-8B-Instruct", name: "Llama 3.1 8B", parameters: 8_030_000_000, licence: LLAMA_31 },
  { family: "Qwen3-8B", name: "Qwen3 8B", parameters: 8_191_000_000, licence: APACHE },
];

/** Quantisations of WebLLM that the list uses: 4-bit weights, arithmetic in 16 or 32 bits. */
export const QUANTISATIONS = { half: "q4f16_1", single: "q4f32_1" } as const;

/** Bytes a weight of the 4-bit quantisations: groups of 32 weights share one scale of 16 or 32 bits. */
const WEIGHT_BYTES = { half: 4.5 / 8, single: 5 / 8 } as const;

export type Precision = keyof typeof QUANTISATIONS;

/** WebLLM's model_id. */
export function modelId(entry: CatalogueEntry, precision: Precision): string {
  return `${entry.family}-${QUANTISATIONS[precision]}-MLC`;
}

/** Size of the weights, computed. */
export function downloadBytes(entry: CatalogueEntry, precision: Precision): number {
  return Math.round(entry.parameters * WEIGHT_BYTES[precision]);
}

/** The entry and precision that a model_id names. */
export function entryOf(id: string): { entry: CatalogueEntry; precision: Precision } | undefined {
  for (const entry of CATALOGUE) {
    for (const precision of ["half", "single"] as const) {
      if (modelId(entry, precision) === id) return { entry, precision };
    }
  }
  return undefined;
}
