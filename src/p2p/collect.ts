/** The parts as one array of its own. */
export async function collect(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<Uint8Array> {
  const collected: Uint8Array[] = [];
  let length = 0;
  for await (const part of parts) {
    collected.push(part);
    length += part.length;
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const part of collected) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}
