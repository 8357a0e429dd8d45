import type { LlamaConfig } from "../llama/config.ts";

/**
 * Rotary embedding once more, as Hugging Face's modeling_rope_utils publishes it and with the engine's own functions:
 * radians per position of each pair of dimensions, and the factor of cosines and sines.
 */
export function referenceFrequencies(config: LlamaConfig): { frequencies: number[]; size: number } {
  const { headSize, ropeTheta, ropeScaling: scaling } = config;
  const plain = Array.from({ length: headSize / 2 }, (_, index) => 1 / ropeTheta ** ((2 * index) / headSize));
  switch (scaling?.kind) {
    case undefined:
    case "dynamic":
      return { frequencies: plain, size: 1 };
    case "linear":
      return { frequencies: plain.map((frequency) => frequency / scaling.factor), size: 1 };
    case "llama3": {
      // By wavelengths, as `_compute_llama3_parameters` does.
      const longest = scaling.originalContext / scaling.lowFrequencyFactor;
      const shortest = scaling.originalContext / scaling.highFrequencyFactor;
      const frequencies = plain.map((frequency) => {
        const wavelength = (2 * Math.PI) / frequency;
        if (wavelength > longest) return frequency / scaling.factor;
        if (wavelength < shortest) return frequency;
        const smooth =
          (scaling.originalContext / wavelength - scaling.lowFrequencyFactor) /
          (scaling.highFrequencyFactor - scaling.lowFrequencyFactor);
        return ((1 - smooth) * frequency) / scaling.factor + smooth * frequency;
      });
      return { frequencies, size: 1 };
    }
    case "yarn": {
      const correction = (rotations: number) =>
        (headSize * Math.log(scaling.originalContext / (rotations * 2 * Math.PI))) /
        (2 * Math.log(ropeTheta));
      const [first, last] = [correction(scaling.betaFast), correction(scaling.betaSlow)];
      const low = Math.max(scaling.truncate ? Math.floor(first) : first, 0);
      const high = Math.min(scaling.truncate ? Math.ceil(last) : last, headSize - 1);
      const frequencies = plain.map((frequency, index) => {
        const ramp = Math.min(1, Math.max(0, (index - low) / (high === low ? 0.001 : high - low)));
        const extrapolated = 1 - ramp;
        return (frequency / scaling.factor) * (1 - extrapolated) + frequency * extrapolated;
      });
      return { frequencies, size: scaling.attentionFactor };
    }
  }
}

/** Halves of a head turn by position · frequency, as `apply_rotary_pos_emb` lays them out. */
export function referenceRotate(config: LlamaConfig, head: readonly number[], position: number): number[] {
  const half = head.length / 2;
  const { frequencies, size } = referenceFrequencies(config);
  return head.map((value, index) => {
    const angle = position * (frequencies[index % half] ?? 0);
    const partner = index < half ? -(head[index + half] ?? 0) : (head[index - half] ?? 0);
    return size * (value * Math.cos(angle) + partner * Math.sin(angle));
  });
}
