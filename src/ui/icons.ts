import { registerIconLibrary } from "@awesome.me/webawesome/dist/components/icon/library.js";
import { html, nothing, type TemplateResult } from "lit";

/** Line drawings on a 24 × 24 grid, one path each; drawn with the text's colour. */
const PATHS = {
  chat: "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-5 4v-4.1A2.5 2.5 0 0 1 4 13.5zM8.5 8.5h7M8.5 11.5h4.5",
  donate:
    "M12 20s-7.5-4.4-7.5-10A4.2 4.2 0 0 1 12 7.4 4.2 4.2 0 0 1 19.5 10c0 5.6-7.5 10-7.5 10zM7.5 12h2.2l1.3-2.2 2 4 1.3-1.8h2.2",
  network:
    "M12 4.2a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6zM5.8 15.2a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6zM18.2 15.2a2.3 2.3 0 1 1 0 4.6 2.3 2.3 0 0 1 0-4.6zM10.9 8.6l-4 6.8M13.1 8.6l4 6.8M8.1 17.5h7.8",
  vote: "M4 13.5V19a1 1 0 0 0 1 1h14a1 1 0 0 0 1-1v-5.5M4 13.5h16M4 13.5l2.2-3.5M20 13.5L17.8 10M8.5 13.5V5a1 1 0 0 1 1-1h5a1 1 0 0 1 1 1v8.5M10.5 8.3l1.2 1.2 2-2.3",
  simulator: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM10.2 9v6l5-3z",
  wallet:
    "M4 7.5A2.5 2.5 0 0 1 6.5 5H16v3M4 7.5V17a2 2 0 0 0 2 2h12a2 2 0 0 0 2-2V10a2 2 0 0 0-2-2H6.5A2.5 2.5 0 0 1 4 7.5zM16 13.5h.01",
  threads: "M4 6h16M4 12h10M4 18h7",
  plus: "M12 5v14M5 12h14",
  send: "M12 19V5.5M6 11l6-6 6 6",
  stop: "M7.5 7.5h9v9h-9z",
  retry: "M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15",
  copy: "M9 9.5A1.5 1.5 0 0 1 10.5 8h7A1.5 1.5 0 0 1 19 9.5v8a1.5 1.5 0 0 1-1.5 1.5h-7A1.5 1.5 0 0 1 9 17.5zM15.5 8V6.5A1.5 1.5 0 0 0 14 5H6.5A1.5 1.5 0 0 0 5 6.5V14a1.5 1.5 0 0 0 1.5 1.5H9",
  check: "M5 12.5l4.5 4.5L19 7.5",
  pencil: "M5 19l.9-3.7L15.8 5.4a1.7 1.7 0 0 1 2.4 0l.4.4a1.7 1.7 0 0 1 0 2.4L8.7 18.1zM14 7.2l2.8 2.8",
  trash:
    "M5 7h14M9.5 7V5.5A1.5 1.5 0 0 1 11 4h2a1.5 1.5 0 0 1 1.5 1.5V7M7 7l.7 11.6A1.5 1.5 0 0 0 9.2 20h5.6a1.5 1.5 0 0 0 1.5-1.4L17 7M10.3 11v5M13.7 11v5",
  "thumb-up":
    "M7.5 11v8.5H5A1.5 1.5 0 0 1 3.5 18v-5.5A1.5 1.5 0 0 1 5 11zM7.5 11l3.4-6.6a1.9 1.9 0 0 1 3.5 1.4L13.6 9.5h4.9a2 2 0 0 1 2 2.4l-1.2 6a2 2 0 0 1-2 1.6H7.5",
  "thumb-down":
    "M16.5 13V4.5H19A1.5 1.5 0 0 1 20.5 6v5.5A1.5 1.5 0 0 1 19 13zM16.5 13l-3.4 6.6a1.9 1.9 0 0 1-3.5-1.4l.8-3.7H5.5a2 2 0 0 1-2-2.4l1.2-6a2 2 0 0 1 2-1.6h9.8",
  xmark: "M6.5 6.5l11 11M17.5 6.5l-11 11",
  system:
    "M5.5 5h13A1.5 1.5 0 0 1 20 6.5v8a1.5 1.5 0 0 1-1.5 1.5h-13A1.5 1.5 0 0 1 4 14.5v-8A1.5 1.5 0 0 1 5.5 5zM9 20h6M12 16v4",
  light:
    "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M18.4 5.6l-1.1 1.1M6.7 17.3l-1.1 1.1",
  dark: "M19.5 14.2A7.8 7.8 0 0 1 9.8 4.5a7.8 7.8 0 1 0 9.7 9.7z",
  warning: "M12 4.5l8.5 14.5h-17zM12 10v4M12 16.6h.01",
  info: "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM12 11v5M12 8.1h.01",
  anchor: "M12 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM12 8v12M8.5 11h7M4.5 13.5c.4 4 3.5 6.5 7.5 6.5s7.1-2.5 7.5-6.5",
  direct: "M4 12h16M15.5 7.5L20 12l-4.5 4.5M8.5 7.5L4 12l4.5 4.5",
  relayed: "M4 16c2.5-6 5.5-8 8-8s5.5 2 8 8M9.8 8a2.2 2.2 0 1 0 4.4 0 2.2 2.2 0 0 0-4.4 0",
  "chevron-down": "M6 9.5l6 6 6-6",
  spark: "M12 4l1.8 5.2L19 11l-5.2 1.8L12 18l-1.8-5.2L5 11l5.2-1.8zM18.5 16.5v3M17 18h3",
  coin: "M12 4.5c4.1 0 7.5 1.6 7.5 3.5s-3.4 3.5-7.5 3.5S4.5 9.9 4.5 8s3.4-3.5 7.5-3.5zM4.5 8v8c0 1.9 3.4 3.5 7.5 3.5s7.5-1.6 7.5-3.5V8M4.5 12c0 1.9 3.4 3.5 7.5 3.5s7.5-1.6 7.5-3.5",
  shield: "M12 4l7 2.5V12c0 4-2.9 6.9-7 8-4.1-1.1-7-4-7-8V6.5zM9 12l2.2 2.2L15.2 10",
} as const;

export type IconName = keyof typeof PATHS;

const FILLED: ReadonlySet<IconName> = new Set<IconName>(["stop"]);

/** A picture beside words is hidden from screen readers: the words say it. */
export function icon(name: IconName, slot?: "start" | "end" | "icon"): TemplateResult {
  return html`<svg
    class="icon"
    slot=${slot ?? nothing}
    viewBox="0 0 24 24"
    width="20"
    height="20"
    aria-hidden="true"
    fill=${FILLED.has(name) ? "currentColor" : "none"}
    stroke="currentColor"
    stroke-width="1.7"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    <path d=${PATHS[name]}></path>
  </svg>`;
}

/** Gives the component library's own icons (close buttons, carets) the same drawings. */
export function registerIcons(): void {
  const resolver = (name: string): string => {
    const path = PATHS[Object.keys(PATHS).find((key): key is IconName => key === name) ?? "info"];
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><path d="${path}"/></svg>`;
    return `data:image/svg+xml,${encodeURIComponent(svg)}`;
  };
  const mutator = (svg: SVGElement): void => svg.setAttribute("fill", "none");
  registerIconLibrary("system", { resolver, mutator });
  registerIconLibrary("default", { resolver, mutator });
}
