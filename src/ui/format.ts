/** Numbers, times and names as people read them. Inputs carry their units in their names. */

const WEI_PER_TOKEN = 10n ** 18n;
const FRACTION_DIGITS = 4;
const FRACTION_UNIT = 10n ** BigInt(18 - FRACTION_DIGITS);

/** `1234.5`, at most four digits after the point, rounded down; `<0.0001` when smaller than that. */
export function formatTokens(amountWei: bigint): string {
  if (amountWei < 0n) return `−${formatTokens(-amountWei)}`;
  const whole = amountWei / WEI_PER_TOKEN;
  const fraction = (amountWei % WEI_PER_TOKEN) / FRACTION_UNIT;
  if (whole === 0n && fraction === 0n && amountWei > 0n) return "<0.0001";
  const digits = fraction.toString().padStart(FRACTION_DIGITS, "0").replace(/0+$/, "");
  return digits === "" ? grouped(whole) : `${grouped(whole)}.${digits}`;
}

const DECIMALS = 18;

/** Wei of what a person typed, `12` or `12.5`; undefined when it is no amount. */
export function parseTokens(text: string): bigint | undefined {
  const [, whole, fraction = ""] = /^\s*(\d{1,12})(?:\.(\d{1,18}))?\s*$/.exec(text) ?? [];
  return whole === undefined ? undefined : BigInt(whole + fraction.padEnd(DECIMALS, "0"));
}

/** Thousands set apart by a thin space, as in ISO 80000-1. */
function grouped(value: bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
}

/** Parts per million as per cent: `12.3 %`. */
export function formatPpm(ppm: number): string {
  const percent = ppm / 10_000;
  return `${percent.toFixed(Math.abs(percent) >= 10 || percent === 0 ? 0 : 1)} %`;
}

/** Loss in nats: `2.413`. */
export function formatMicroNats(microNats: number): string {
  return (microNats / 1_000_000).toFixed(3);
}

/** Share of a total in per cent (0 to 100), for bars; 0 when the total is 0. */
export function sharePercent(part: bigint, total: bigint): number {
  if (total <= 0n) return 0;
  return Math.min(100, Number((part * 10_000n) / total) / 100);
}

/** `0:42`, `12:05`, `1:02:03`; never negative. */
export function formatCountdown(durationMs: number): string {
  const total = Math.max(0, Math.ceil(durationMs / 1000));
  const hours = Math.floor(total / 3600);
  const minutes = Math.floor(total / 60) % 60;
  const seconds = String(total % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${seconds}` : `${minutes}:${seconds}`;
}

/** `just now`, `5 min ago`, `3 h ago`, `2 days ago`. */
export function formatAge(ageMs: number): string {
  const minutes = Math.floor(ageMs / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ago`;
  return `${plural(Math.floor(hours / 24), "day")} ago`;
}

/** `in 5 min`, `in 3 h`, `in 2 days`. */
export function formatRemaining(remainingMs: number): string {
  const minutes = Math.ceil(remainingMs / 60_000);
  if (minutes < 60) return `in ${Math.max(1, minutes)} min`;
  const hours = Math.ceil(minutes / 60);
  return hours < 48 ? `in ${hours} h` : `in ${plural(Math.ceil(hours / 24), "day")}`;
}

/** Time of day, 24 hours with seconds: `14:03:07`. */
export function formatTime(atMs: number): string {
  const at = new Date(atMs);
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}

/** Both ends of a hash, CID, key or address: `3fa9c1…77b2`. Short ones stay whole. */
export function shorten(text: string, head = 6, tail = 4): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}

/** A node's short name, or `you` for this tab's own. */
export function nodeName(nodeId: string, ownNodeId: string | undefined): string {
  return nodeId === ownNodeId ? "you" : shorten(nodeId, 8, 4);
}

/** `1 peer`, `3 peers`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : nouns}`;
}

/** Bytes in binary units, as storage is counted: `3.6 MiB`, `812 MiB`, `2.2 GiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${value.toFixed(unit === 0 || value >= 100 ? 0 : 1)} ${units[unit]}`;
}

/** Large counts in short: `1.8 million`, `1.2 billion`. */
export function formatCount(count: number): string {
  if (count >= 1_000_000_000) return `${(count / 1_000_000_000).toFixed(1)} billion`;
  if (count >= 1_000_000) return `${(count / 1_000_000).toFixed(count >= 100_000_000 ? 0 : 1)} million`;
  return String(count);
}
