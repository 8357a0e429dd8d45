import type { SimulatedNodeView } from "../../ports/simulation.ts";
import { LOST_AT, type MovingMessage, progressOf } from "./flights.ts";
import { alongWay, type Point } from "./layout.ts";
import { type Palette, rootColour } from "./palette.ts";

/** A node as it stands on the stage at this moment, in units of the stage. */
export interface DrawnNode extends Point {
  readonly angle: number;
  readonly view: SimulatedNodeView;
  readonly hue: number;
  readonly label: string;
  /** Stage time at which its root changed last. */
  readonly changedAtMs: number;
}

export interface Scene {
  /** Width and height in CSS pixels, and how many real pixels one is. */
  readonly size: number;
  readonly scale: number;
  readonly palette: Palette;
  readonly nodes: readonly DrawnNode[];
  /** Places of nodes that are not there yet. */
  readonly empty: readonly Point[];
  readonly radius: number;
  readonly moving: readonly MovingMessage[];
  readonly stageMs: number;
  readonly selected: number | undefined;
}

const TURN = 2 * Math.PI;
const PULSE_MS = 900;
/** The tail of a moving message, as a share of its way. */
const TAIL = 0.09;
/** Names are written where there is room for them. */
const NAMED_NODES = 24;
const NAMED_FROM_PX = 430;
/** More nodes than this stand in several rings. */
const RINGED_NODES = 72;
const LABEL_FROM_PX = 8.5;

/** Draws everything anew: the ring's chords, the messages, the nodes. */
export function paint(context: CanvasRenderingContext2D, scene: Scene): void {
  const { size, scale } = scene;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, size, size);
  context.lineCap = "round";
  context.lineJoin = "round";
  paintRing(context, scene);
  for (const place of scene.empty) paintEmpty(context, scene, place);
  for (const message of scene.moving) paintMessage(context, scene, message);
  for (const node of scene.nodes) paintNode(context, scene, node);
}

function toPixels({ size }: Scene, { x, y }: Point): Point {
  return { x: (size * (1 + x)) / 2, y: (size * (1 + y)) / 2 };
}

/** A thin line through the nodes of each side. */
function paintRing(context: CanvasRenderingContext2D, scene: Scene): void {
  const { nodes, palette } = scene;
  if (nodes.length > RINGED_NODES) return;
  const isSplit = nodes.some(({ view }) => view.group !== nodes[0]?.view.group);
  context.strokeStyle = palette.line;
  context.lineWidth = 1.5;
  for (const side of new Set(nodes.map(({ view }) => view.group))) {
    context.beginPath();
    for (const node of nodes.filter(({ view }) => view.group === side)) {
      const { x, y } = toPixels(scene, node);
      context.lineTo(x, y);
    }
    if (!isSplit) context.closePath();
    context.stroke();
  }
}

function paintEmpty(context: CanvasRenderingContext2D, scene: Scene, place: Point): void {
  context.strokeStyle = scene.palette.line;
  context.fillStyle = scene.palette.surface;
  context.lineWidth = 1.5;
  shape(context, toPixels(scene, place), (scene.size * scene.radius) / 2, false);
  context.fill();
  context.stroke();
}

function paintMessage(context: CanvasRenderingContext2D, scene: Scene, message: MovingMessage): void {
  const progress = progressOf(message, scene.stageMs);
  const [from, to] = [scene.nodes[message.from], scene.nodes[message.to]];
  if (progress === undefined || from === undefined || to === undefined) return;
  const colour = scene.palette.families.get(message.family) ?? scene.palette.quiet;
  const head = toPixels(scene, alongWay(from, to, progress));
  const tail = toPixels(scene, alongWay(from, to, Math.max(0, progress - TAIL)));
  const width = Math.max(1.6, scene.size / 190);
  context.strokeStyle = colour;
  context.fillStyle = colour;
  // It comes out of its sender and goes into its receiver; a lost one fades.
  const fade = message.lost ? 1 - progress / LOST_AT : Math.min(1, 8 * progress, 8 * (1 - progress));
  context.globalAlpha = 0.3 * fade;
  context.lineWidth = width;
  line(context, tail, head);
  context.globalAlpha = fade;
  if (message.lost && progress > 0.75 * LOST_AT) {
    context.globalAlpha = 0.9;
    context.strokeStyle = scene.palette.red;
    cross(context, head, 1.4 * width);
  } else disc(context, head, width);
  context.globalAlpha = 1;
}

function paintNode(context: CanvasRenderingContext2D, scene: Scene, node: DrawnNode): void {
  const { palette, stageMs, size } = scene;
  const at = toPixels(scene, node);
  const radius = (size * scene.radius) / 2;
  const { state, role, index } = node.view;
  const adversary = role !== "honest";
  const outline = (r: number): void => shape(context, at, r, adversary);
  const age = (stageMs - node.changedAtMs) / PULSE_MS;
  if (age >= 0 && age < 1 && state === "awake") {
    context.globalAlpha = 0.55 * (1 - age);
    context.strokeStyle = rootColour(palette, node.hue);
    context.lineWidth = 2;
    outline(radius * (1.1 + 0.9 * age));
    context.stroke();
    context.globalAlpha = 1;
  }
  outline(radius);
  context.fillStyle = palette.surface;
  context.fill();
  if (state === "awake") context.fillStyle = rootColour(palette, node.hue);
  else if (state === "asleep") context.fillStyle = rootColour(palette, node.hue, 0.25);
  if (state !== "dead") context.fill();
  context.setLineDash(state === "awake" ? [] : [radius / 3, radius / 2.5]);
  if (adversary || state !== "awake") {
    context.strokeStyle = adversary ? palette.red : palette.quiet;
    context.lineWidth = Math.max(1.2, radius / 5);
    context.stroke();
  }
  context.setLineDash([]);
  if (state === "dead") {
    context.strokeStyle = palette.quiet;
    cross(context, at, radius * 0.45);
  }
  paintWords(context, scene, node, at, radius);
  if (scene.selected !== index) return;
  context.strokeStyle = palette.ink;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(at.x, at.y, radius * (adversary ? 1.5 : 1.3) + 2, 0, TURN);
  context.stroke();
}

/** Its last closed epoch inside, its name beside it where there is room. */
function paintWords(
  context: CanvasRenderingContext2D,
  { palette, size, nodes }: Scene,
  node: DrawnNode,
  at: Point,
  radius: number,
): void {
  context.textAlign = "center";
  context.textBaseline = "middle";
  if (radius >= LABEL_FROM_PX && node.view.state !== "dead") {
    context.fillStyle = node.view.state === "awake" ? palette.onRoot : palette.ink;
    context.font = `650 ${Math.round(radius * (node.label.length > 2 ? 0.72 : 0.92))}px system-ui, sans-serif`;
    context.fillText(node.label, at.x, at.y + 0.5);
  }
  if (nodes.length > NAMED_NODES || size < NAMED_FROM_PX) return;
  const side = Math.cos(node.angle);
  context.textAlign = side > 0.3 ? "left" : side < -0.3 ? "right" : "center";
  context.fillStyle = palette.quiet;
  context.font = "500 11.5px system-ui, sans-serif";
  const away = radius + (context.textAlign === "center" ? 13 : 9);
  const x = at.x + away * side;
  // A long name is drawn narrower rather than cut by the edge.
  const room = context.textAlign === "left" ? size - x : context.textAlign === "right" ? x : size / 4;
  context.fillText(node.view.name, x, at.y + away * Math.sin(node.angle), Math.max(1, room - 2));
}

/** Honest nodes are round, those that cheat stand on a corner. */
function shape(context: CanvasRenderingContext2D, at: Point, radius: number, adversary: boolean): void {
  context.beginPath();
  if (!adversary) {
    context.arc(at.x, at.y, radius, 0, TURN);
    return;
  }
  const corner = 1.22 * radius;
  context.moveTo(at.x, at.y - corner);
  context.lineTo(at.x + corner, at.y);
  context.lineTo(at.x, at.y + corner);
  context.lineTo(at.x - corner, at.y);
  context.closePath();
}

function disc(context: CanvasRenderingContext2D, at: Point, radius: number): void {
  context.beginPath();
  context.arc(at.x, at.y, radius, 0, TURN);
  context.fill();
}

function line(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(to.x, to.y);
  context.stroke();
}

function cross(context: CanvasRenderingContext2D, { x, y }: Point, arm: number): void {
  line(context, { x: x - arm, y: y - arm }, { x: x + arm, y: y + arm });
  line(context, { x: x - arm, y: y + arm }, { x: x + arm, y: y - arm });
}
