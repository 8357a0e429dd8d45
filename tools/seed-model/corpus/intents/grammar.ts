/** Just enough English to put a verb phrase into its gerund and past; what comes out wrong is what people write, too. */

const PAST: Readonly<Record<string, string>> = {
  send: "sent",
  pay: "paid",
  give: "gave",
  make: "made",
  do: "did",
  let: "let",
  get: "got",
  put: "put",
  take: "took",
  bring: "brought",
  write: "wrote",
  draw: "drew",
  go: "went",
  run: "ran",
  read: "read",
  find: "found",
  leave: "left",
  hold: "held",
  see: "saw",
  tell: "told",
  teach: "taught",
  lend: "lent",
  set: "set",
  cut: "cut",
  shut: "shut",
  quit: "quit",
  become: "became",
  be: "was",
  begin: "began",
  choose: "chose",
  withdraw: "withdrew",
  build: "built",
  split: "split",
  say: "said",
  keep: "kept",
  ship: "shipped",
  shoot: "shot",
  cast: "cast",
  sit: "sat",
  stop: "stopped",
  commit: "committed",
  submit: "submitted",
  transfer: "transferred",
  tip: "tipped",
  fetch: "fetched",
};
const DOUBLED = new Set([
  "put",
  "get",
  "set",
  "cut",
  "stop",
  "run",
  "let",
  "begin",
  "submit",
  "commit",
  "tip",
  "quit",
  "shut",
  "plug",
  "swap",
  "drop",
  "ship",
  "transfer",
  "sit",
  "split",
  "cap",
  "digest",
]);

export function gerund(phrase: string): string {
  return onVerb(phrase, (verb) => {
    if (verb === "be") return "being";
    if (DOUBLED.has(verb) && verb !== "digest") return `${verb}${verb.at(-1) ?? ""}ing`;
    return /[^eoy]e$/.test(verb) ? `${verb.slice(0, -1)}ing` : `${verb}ing`;
  });
}

export function past(phrase: string): string {
  return onVerb(phrase, (verb) => {
    const known = PAST[verb];
    if (known !== undefined) return known;
    if (DOUBLED.has(verb)) return `${verb}${verb.at(-1) ?? ""}ed`;
    if (/[^aeou]y$/.test(verb)) return `${verb.slice(0, -1)}ied`;
    return verb.endsWith("e") ? `${verb}d` : `${verb}ed`;
  });
}

/** Phrases that do not begin with a word stay as they are. */
function onVerb(phrase: string, change: (verb: string) => string): string {
  return phrase.replace(/^[a-z]+/, change);
}
