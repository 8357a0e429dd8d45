import { svg, type TemplateResult } from "lit";
import { encode } from "uqr";

const BORDER = 4;

/** A QR code (ISO/IEC 18004) as one path; black on white in every theme, since cameras want it so. */
export function qrCode(text: string, label: string): TemplateResult {
  const { data, size } = encode(text, { ecc: "L", border: BORDER });
  const path = data
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join("");
  return svg`<svg class="qr" role="img" aria-label=${label} viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">
    <path d=${path} fill="#000"></path>
  </svg>`;
}
