const SMALL: Readonly<Record<string, bigint>> = {
  one: 1n,
  two: 2n,
  three: 3n,
  four: 4n,
  five: 5n,
  six: 6n,
  seven: 7n,
  eight: 8n,
  nine: 9n,
  ten: 10n,
  eleven: 11n,
  twelve: 12n,
  thirteen: 13n,
  fourteen: 14n,
  fifteen: 15n,
  sixteen: 16n,
  seventeen: 17n,
  eighteen: 18n,
  nineteen: 19n,
  twenty: 20n,
  thirty: 30n,
  forty: 40n,
  fifty: 50n,
  sixty: 60n,
  seventy: 70n,
  eighty: 80n,
  ninety: 90n,
};
const LARGE: Readonly<Record<string, bigint>> = { hundred: 100n, thousand: 1_000n, million: 1_000_000n };

const SMALL_PATTERN = Object.keys(SMALL)
  .toSorted((a, b) => b.length - a.length)
  .join("|");
const LARGE_PATTERN = Object.keys(LARGE).join("|");

/** `fifty`, `a hundred and ten`, `two thousand five hundred`, `a dozen`; never `a` or `one` alone. */
export const NUMBER_WORDS = `(?:a dozen|(?:a (?=${LARGE_PATTERN}))?(?:${SMALL_PATTERN}|${LARGE_PATTERN})(?:(?: and |[ -])(?:a (?=${LARGE_PATTERN}))?(?:${SMALL_PATTERN}|${LARGE_PATTERN}))*)`;

/**
 * The number that the words say, or nothing when they are no proper number (`fifty twenty`).
 * Each part is smaller than what stands before it, as in speech.
 */
export function readNumberWords(text: string): bigint | undefined {
  if (text === "a dozen") return 12n;
  const words = text.split(/[ -]/).filter((word) => word !== "and" && word !== "a");
  let total = 0n;
  let group = 0n;
  let groupLimit = 1_000n;
  let totalLimit = 1_000_000_000n;
  for (const word of words) {
    const small = SMALL[word];
    const large = LARGE[word];
    if (small !== undefined) {
      if (small >= groupLimit) return undefined;
      group += small;
      groupLimit = small >= 20n ? 10n : 1n;
    } else if (large === 100n) {
      if (group >= 10n) return undefined;
      group = (group === 0n ? 1n : group) * 100n;
      groupLimit = 100n;
    } else if (large !== undefined) {
      if (large >= totalLimit) return undefined;
      total += (group === 0n ? 1n : group) * large;
      totalLimit = large;
      group = 0n;
      groupLimit = 1_000n;
    }
  }
  return total + group;
}
