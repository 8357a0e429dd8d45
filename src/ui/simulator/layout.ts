/** Where nodes stand on the stage: x and y from −1 to 1 around its middle, y downwards. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** Direction from the middle of its side, in radians; names are written on this side of the node. */
  readonly angle: number;
}

const RADIUS = 0.74;
/** Sides of a partition have smaller arcs, pushed apart. */
const SPLIT_RADIUS = 0.62;
const SPLIT_SHIFT = 0.17;
/** Between sides, in radians. */
const SPLIT_GAP = 0.5;
/** More nodes than this stand in several rings. */
const RING_NODES = 72;
const RING_STEP = 0.11;
const TURN = 2 * Math.PI;

/**
 * Places of all nodes, `groups` being the side of each in their order. Without a partition they stand evenly on a
 * ring, the first on top; with one, each side keeps to itself: the first on the left, the next on the right.
 */
export function placesOf(groups: readonly number[]): readonly Place[] {
  const sides = [...new Set(groups)].sort((a, b) => a - b);
  const order = groups.map((group, index) => ({ group, index })).sort((a, b) => a.group - b.group);
  const isSplit = sides.length > 1;
  const gap = isSplit ? Math.min(SPLIT_GAP, (0.5 * TURN) / sides.length) : 0;
  const slot = (TURN - gap * (isSplit ? sides.length : 0)) / Math.max(1, groups.length);
  const rings = Math.ceil(groups.length / RING_NODES);
  const places: Place[] = Array.from(groups, () => ({ x: 0, y: 0, angle: 0 }));
  let angle = isSplit ? firstAngle(groups, sides[0] ?? 0, slot) : -TURN / 4;
  for (const side of sides) {
    const members = order.filter(({ group }) => group === side);
    const middle = angle + (slot * (members.length - 1)) / 2;
    const shift = isSplit ? SPLIT_SHIFT : 0;
    for (const [position, { index }] of members.entries()) {
      const radius = (isSplit ? SPLIT_RADIUS : RADIUS) - (position % rings) * RING_STEP;
      places[index] = {
        x: radius * Math.cos(angle) + shift * Math.cos(middle),
        y: radius * Math.sin(angle) + shift * Math.sin(middle),
        angle,
      };
      angle += slot;
    }
    angle += gap;
  }
  return places;
}

/** So that the middle of the first side points to the left. */
function firstAngle(groups: readonly number[], side: number, slot: number): number {
  const members = groups.filter((group) => group === side).length;
  return TURN / 2 - (slot * (members - 1)) / 2;
}

/** Radius of a node in units of the stage, so that neighbours do not touch. */
export function nodeRadius(count: number): number {
  const rings = Math.ceil(count / RING_NODES);
  const spacing = (TURN * SPLIT_RADIUS) / Math.max(1, count);
  return Math.min(0.062, Math.max(0.014, 0.36 * spacing * rings));
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** How far ways between opposite nodes go around the middle, where the epoch is written. */
const DETOUR = 0.76;
/** Ways whose middle is farther out than this need none. */
const DETOUR_WITHIN = 0.6;
const ON_THE_WAY = 1e-9;

/** A message's way from node to node at `progress` (0 to 1): a curve that bends inwards, and around the middle. */
export function alongWay(from: Point, to: Point, progress: number): Point {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const length = Math.max(Math.hypot(to.x - from.x, to.y - from.y), Number.MIN_VALUE);
  const normal = { x: (from.y - to.y) / length, y: (to.x - from.x) / length };
  // To the side on which the way's own middle is, out of the stage's; where they are the same, to the left.
  const side = normal.x * middle.x + normal.y * middle.y < -ON_THE_WAY ? -1 : 1;
  const detour = side * DETOUR * Math.max(0, 1 - Math.hypot(middle.x, middle.y) / DETOUR_WITHIN);
  const bend = { x: 0.6 * middle.x + detour * normal.x, y: 0.6 * middle.y + detour * normal.y };
  const back = 1 - progress;
  return {
    x: back * back * from.x + 2 * back * progress * bend.x + progress * progress * to.x,
    y: back * back * from.y + 2 * back * progress * bend.y + progress * progress * to.y,
  };
}

/** The node under a point of the stage, or the nearest within reach of a finger. */
export function nodeAt(places: readonly Point[], point: Point, reach: number): number | undefined {
  let nearest: number | undefined;
  let nearestDistance = reach;
  for (const [index, place] of places.entries()) {
    const distance = Math.hypot(place.x - point.x, place.y - point.y);
    if (distance > nearestDistance) continue;
    nearest = index;
    nearestDistance = distance;
  }
  return nearest;
}
