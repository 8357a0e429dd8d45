/**
 * Loads one item after another, `ahead` of them side by side, and gives the results in the order of the items. What was
 * begun when the caller stops goes on unheard; the caller's signal is for that. Errors: the first one of `load`.
 */
export async function* loadAhead<Item, Loaded>(
  items: readonly Item[],
  ahead: number,
  load: (item: Item) => Promise<Loaded>,
): AsyncGenerator<Loaded> {
  const loading: Promise<Loaded>[] = [];
  for (const item of items) {
    const next = load(item);
    // It is awaited later; until then nobody else hears that it failed.
    next.catch(() => undefined);
    loading.push(next);
    if (loading.length < ahead) continue;
    const first = loading.shift();
    if (first !== undefined) yield await first;
  }
  for (const rest of loading) yield await rest;
}
