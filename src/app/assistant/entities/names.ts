import { END, type Found, type RecognitionContext, START } from "./entity.ts";

const ENS = new RegExp(`${START}(?:[a-z0-9-]{1,63}\\.){1,4}eth${END}`, "giu");
const HANDLE = new RegExp(`(?<![\\p{L}\\p{N}\\p{M}\\p{Cf}_.])@[a-z0-9_]{2,32}${END}`, "giu");
const WORD = "[\\p{L}][\\p{L}\\p{N}'-]{0,39}";

/** Words that stand where a name could, and are none. */
const NO_NAME = new Set(
  `a all also an and another any anybody anyone anything as ask at back balance be because before both bring but by cast check
  coins collect come contract create cover delegate deploy discuss do each earn either everybody everyone everything first for
  free friend fund funds future get give good got half have help her here herself him himself his how i if in increase invest is
  it its itself keep know later less let like list little look lots lower make many may maybe me mine money more move much my
  myself network new next no nobody none not nothing now of off on one open or other others our ours out over own paper pay peers
  people please pls plz propose proposal proposals public put raise reach read reduce remove review rewards run said save see
  send set several share she should show so some somebody someone something soon stake staking start stop support such sure take
  tell test than that the their them themselves then there these they thing things this those time to today together token tokens
  tomorrow top track train treasury try two unstake us use validators verify vote votes voting wait wallet we well what whatever
  when where which while who whom whose why will with work world write yes yesterday yet you your yours yourself account address
  addresses amount bonus chain chat charity committee community compute computer cost cpu data dataset day days developers donate
  donating energy epoch everyday explain extra fee fees friday fun gas governance grant half hardware history hours id inform
  internet it's language learn least link livelihood load long lunch max maximum memory minutes model monday month night node
  nodes once others part pending percent phone protocol quorum rate reward root round rules safety saturday school security
  settings sleep small spend sunday support system tab thursday transaction transactions tuesday update upgrade users validator
  vacation voter wednesday week weeks weekend whoever year exactly only just about up down later improve change adjust pause
  dinner coffee pizza rent beer food drinks help`
    .split(/\s+/)
    .filter((word) => word !== ""),
);
/** Capitalised words that name no person or contract. */
const NO_CAPITAL = new Set(
  `Parley PAR ETH QR CPU GPU RAM DAO NFT NFTs API CID CIDs PIP USDC USDT DAI EVM WASM ID OK English Metamask MetaMask Llama Qwen
  AI GB MB January February March April May June July August September October November December Monday Tuesday Wednesday
  Thursday Friday Saturday Sunday WebGPU ERC WebAssembly AssemblyScript Python JavaScript Internet WiFi Ethereum Bitcoin`.split(
    /\s+/,
  ),
);

const GIVING =
  "send|transfer|pay|give|wire|tip|owe|donate|move|gift|forward|hand|grant|award|remit|reimburse|fund|delegate|delegating|assign|entrust|lend|sending|paying|voting power|votes|vote";
const AFTER_TO = new RegExp(
  `(?<=\\b(?:${GIVING}|tokens?|coins?|par)\\b[^!?\\n]{0,60}?\\b(?:to|2|for|towards)\\s)${START}(?:my\\s(?:friend|mate|buddy|colleague|brother|sister|cousin)\\s)?(${WORD})${END}`,
  "giu",
);
const AFTER_VERB = new RegExp(
  `(?<=\\b(?:send|pay|give|tip|wire|gift|grant|award|reimburse|lend|owe|fund)\\s)${START}(${WORD})${END}(?=\\s(?:[\\d.,]+|a |an |some |all |half |everything|his |her |their |the |my |${"two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|another"}))`,
  "giu",
);
const DELEGATE = new RegExp(
  `(?<=\\b(?:let|make|have|appoint|trust|pick|choose)\\s)${START}(\\p{Lu}[\\p{L}\\p{N}'-]{0,39})${END}`,
  "gu",
);
const FOR_ME = new RegExp(
  `(?<=\\b(?:let|have|make|appoint|choose|pick|name|select|nominate|trust|use|set)\\s)${START}(${WORD})${END}(?=\\s(?:vote|decide|cast|my|as my|as the|with my)\\b)|${START}(${WORD})${END}(?=\\s(?:should|may|can|shall|will|must) (?:no longer |not )?vote (?:for me|on my|in my))`,
  "giu",
);
const CONTRACT = new RegExp(
  `(?<=\\b(?:contract|named|called)\\s["'\`]?)${START}(\\p{Lu}[\\p{L}\\p{N}_-]{0,39})${END}|${START}(\\p{Lu}[\\p{L}\\p{N}_-]{0,39})${END}(?=["'\`]?\\s(?:smart\\s)?contract\\b)`,
  "gu",
);
const CAPITALISED = new RegExp(
  `(?<=[\\p{L}\\p{N}%,;)("'\`]\\s?["'\`(]?)${START}(\\p{Lu}[\\p{Ll}\\p{N}-][\\p{L}\\p{N}'-]{0,38}(?:\\s\\p{Lu}\\p{Ll}[\\p{L}'-]{0,38})?)${END}`,
  "gu",
);

/**
 * Somebody by name: ENS names, handles, the address book's names in any case, and candidates: the word after "to" or after a
 * verb of giving, and capitalised words inside a sentence. A candidate is only a place to look up: what is in no book is asked.
 */
export function findNames(words: string, { names = [] }: RecognitionContext): Found[] {
  const sure = [ENS, HANDLE].flatMap((pattern) => found(words, pattern, () => true));
  const candidates = [AFTER_TO, AFTER_VERB, FOR_ME].flatMap((pattern) =>
    found(words, pattern, (name) => !NO_NAME.has(name.toLowerCase()) && !NO_CAPITAL.has(name)),
  );
  const capitals = [DELEGATE, CONTRACT, CAPITALISED].flatMap((pattern) =>
    found(words, pattern, (name) => !NO_CAPITAL.has(name) && !NO_NAME.has(name.toLowerCase())),
  );
  return [...sure, ...names.flatMap((name) => findName(words, name)), ...candidates, ...capitals];
}

function findName(words: string, name: string): Found[] {
  if (name.trim() === "") return [];
  const pattern = new RegExp(`${START}${escapePattern(name.trim())}${END}`, "giu");
  return Array.from(words.matchAll(pattern), (match) => ({
    start: match.index,
    end: match.index + match[0].length,
    value: { kind: "name", name },
  }));
}

function found(words: string, pattern: RegExp, accept: (name: string) => boolean): Found[] {
  return Array.from(words.matchAll(pattern)).flatMap((match): Found[] => {
    const name = match[1] ?? match[2] ?? match[0];
    if (!accept(name)) return [];
    const start = match.index + match[0].lastIndexOf(name);
    return [{ start, end: start + name.length, value: { kind: "name", name } }];
  });
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
