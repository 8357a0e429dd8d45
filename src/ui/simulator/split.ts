/** The sides of a partition by their numbers, ascending; one when there is none. */
export function sidesOf(nodes: readonly { readonly group: number }[]): readonly number[] {
  return [...new Set(nodes.map(({ group }) => group))].sort((a, b) => a - b);
}

/** Both halves of the network, by the nodes' numbers. */
export function halves(count: number): readonly (readonly number[])[] {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const middle = Math.ceil(count / 2);
  return [indexes.slice(0, middle), indexes.slice(middle)];
}

/** This node alone on one side. */
export function cutOff(count: number, node: number): readonly (readonly number[])[] {
  return [Array.from({ length: count }, (_, index) => index).filter((index) => index !== node), [node]];
}
