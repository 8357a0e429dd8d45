import { failure } from "../../core/errors.ts";
import type { NamedTensor, TensorPlace } from "../safetensors.ts";
import { BLOCK, codeBytes, dequantise, type QuantisedForm } from "./blocks.ts";

/** Where a file keeps the scales of a quantised tensor: F16 [rows, blocks of a row]. */
export const scalesName = (name: string): string => `${name}.scales`;

const FORMS: readonly QuantisedForm[] = ["int8", "int4"];

/**
 * The floats of a tensor stored as codes, U8 [rows, bytes of a row]; its scales' shape tells the columns and so the form.
 * Errors: model-weights (codes and scales do not belong together, or were cut off).
 */
export function dequantiseStored(place: TensorPlace, codes: Uint8Array, scales: NamedTensor): NamedTensor {
  const { name, dtype } = place;
  const [rows = 0, blocks = 0] = scales.shape;
  const columns = blocks * BLOCK;
  const received = `${dtype} ${place.shape.join("×")}`;
  const form = FORMS.find((form) => received === `U8 ${rows}×${codeBytes(form, columns)}`);
  if (form === undefined || codes.length !== codeBytes(form, rows * columns) || scales.shape.length !== 2) {
    throw failure(
      "model-weights",
      `The codes of ${name} do not fit its scales.`,
      FORMS.map((form) => `U8 ${rows}×${codeBytes(form, columns)} (${form})`).join(" or "),
      received,
    );
  }
  return {
    name,
    shape: [rows, columns],
    data: dequantise({ form, rows, columns, codes, scales: scales.data }),
  };
}
