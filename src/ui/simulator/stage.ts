import { css, html, LitElement, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { TimedPhase } from "../../core/genesis.ts";
import type { SimulationFrame } from "../../ports/simulation.ts";
import { plural } from "../format.ts";
import { MediaQuery } from "../media-query.ts";
import { PHASES } from "../network/phases.ts";
import { shared } from "../styles.ts";
import { theme } from "../theme.ts";
import { Watch } from "../watch.ts";
import { Actors } from "./actors.ts";
import { MovingMessages } from "./flights.ts";
import { nodeAt, nodeRadius, placesOf } from "./layout.ts";
import { paint } from "./paint.ts";
import { type Palette, readPalette, simulatorColours } from "./palette.ts";
import type { RootBook } from "./roots.ts";
import { sidesOf } from "./split.ts";

const HUB_RADIUS = 46;
const HUB_LENGTH = 2 * Math.PI * HUB_RADIUS;
const HUB_GAP = 12;
/** Half a finger, in CSS pixels. */
const REACH_PX = 24;
const FINEST_SCALE = 2;

/** What the middle of the ring says. */
interface Hub {
  readonly epoch: number;
  readonly phase: TimedPhase;
  readonly sides: number;
}

/** The network as a ring of nodes with messages flying between them. Frames come by `show`. */
@customElement("parley-sim-stage")
export class Stage extends LitElement {
  static override styles = [
    shared,
    simulatorColours,
    css`
      :host {
        position: relative;
        width: 100%;
        aspect-ratio: 1;
        max-width: max(18rem, min(100%, 40rem, 100dvh - 19rem));
        margin-inline: auto;
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        touch-action: manipulation;
      }
      canvas.pointing {
        cursor: pointer;
      }
      .hub {
        position: absolute;
        inset: 34%;
        display: grid;
        place-content: center;
        text-align: center;
        line-height: 1.15;
      }
      .hub svg {
        position: absolute;
        inset: 0;
      }
      .hub circle {
        fill: none;
        stroke-width: 2.5;
        stroke-linecap: round;
        stroke: var(--p-line);
      }
      .hub circle.past {
        stroke: var(--p-brand);
      }
      .hub circle.now {
        stroke: var(--p-amber);
        stroke-width: 4;
      }
      .number {
        font-size: clamp(1.6rem, 9cqi, 2.9rem);
        font-weight: 660;
        letter-spacing: -0.04em;
      }
      .hub .small {
        font-size: clamp(0.68rem, 2.6cqi, 0.86rem);
        text-transform: capitalize;
      }
      :host {
        container-type: inline-size;
      }
      .probe {
        position: absolute;
        visibility: hidden;
      }
    `,
  ];

  @property({ attribute: false }) book: RootBook | undefined;
  @property({ type: Number }) selected: number | undefined;
  /** How many nodes a run would have; shown as empty places until there is one. */
  @property({ type: Number }) preview = 0;
  @property({ type: Boolean }) paused = false;
  @property({ type: Number }) virtualMsPerSecond = 1;
  @state() private hub: Hub | undefined;
  @query("canvas") private canvas: HTMLCanvasElement | undefined;
  @query(".probe") private probe: HTMLElement | undefined;

  private readonly actors = new Actors();
  private readonly moving = new MovingMessages();
  private readonly stillness = new MediaQuery(this, "(prefers-reduced-motion: reduce)");
  private readonly darkness = new MediaQuery(this, "(prefers-color-scheme: dark)");
  private readonly theme = new Watch(this, () => theme);
  private palette: Palette | undefined;
  private size = 0;
  private stageMs = 0;
  private drawnAtMs = 0;
  private drawing: number | undefined;
  private readonly resized = new ResizeObserver(([entry]) => {
    this.size = entry?.contentRect.width ?? 0;
    this.draw();
  });

  /** Pictures drawn so far. */
  pictures = 0;

  /** Messages that are on the stage now. */
  get movingCount(): number {
    return this.moving.all.length;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resized.disconnect();
    if (this.drawing !== undefined) cancelAnimationFrame(this.drawing);
    this.drawing = undefined;
  }

  show(frame: SimulationFrame): void {
    if (this.book === undefined) return;
    this.book.record(frame);
    this.actors.show(frame, this.book, this.stageMs);
    if (!this.stillness.matches) {
      this.moving.add(frame.flights, frame.nowMs, this.stageMs, this.virtualMsPerSecond);
    }
    const sides = sidesOf(frame.nodes).length;
    const { epoch, phase } = frame;
    if (this.hub?.epoch !== epoch || this.hub.phase !== phase || this.hub.sides !== sides) {
      this.hub = { epoch, phase, sides };
    }
    this.draw();
  }

  clear(): void {
    this.actors.clear();
    this.moving.forget(Number.POSITIVE_INFINITY);
    this.hub = undefined;
    this.draw();
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    if (this.probe !== undefined) this.palette = readPalette(this.probe);
    this.draw();
  }

  protected override render() {
    // Read, so that a change of theme draws everything anew.
    const scheme = `${this.theme.value}${this.darkness.matches}`;
    return html`<span class="probe" data-scheme=${scheme}></span>
      ${this.hubView()}
      <canvas
        role="img"
        aria-label=${this.inWords()}
        @click=${this.pick}
        @pointermove=${this.point}
      ></canvas>`;
  }

  private inWords(): string {
    const { nodes } = this.actors;
    if (this.hub === undefined) return "The network, not running";
    const awake = nodes.filter(({ view }) => view.state === "awake").length;
    const sides = this.hub.sides > 1 ? `, split into ${this.hub.sides} sides` : "";
    return `${plural(nodes.length, "node")} on a ring, ${awake} awake${sides}. The table of nodes says the same in words.`;
  }

  private hubView(): TemplateResult {
    const { hub } = this;
    if (hub === undefined) {
      return html`<div class="hub"><p class="quiet small" .style=${"text-transform:none"}>Press Start</p></div>`;
    }
    const running = PHASES.indexOf(hub.phase);
    return html`<div class="hub" aria-hidden="true">
      <svg viewBox="0 0 100 100">
        ${PHASES.map((_, index) => hubArc(index, index < running ? "past" : index === running ? "now" : ""))}
      </svg>
      <span class="small quiet">Epoch</span>
      <span class="number" data-testid="stage-epoch">${Math.max(0, hub.epoch)}</span>
      <span class="small quiet">${hub.phase}</span>
      ${hub.sides > 1 ? html`<span class="small" .style=${"color:var(--p-red)"}>split</span>` : nothing}
    </div>`;
  }

  /** Draws at the next picture; goes on by itself as long as something moves. */
  private draw(): void {
    this.drawing ??= requestAnimationFrame((nowMs) => {
      this.drawing = undefined;
      if (this.advance(nowMs)) this.draw();
      else this.drawnAtMs = 0;
    });
  }

  /** One picture; whether the next one will differ. */
  private advance(nowMs: number): boolean {
    const elapsedMs = this.drawnAtMs === 0 ? 16 : Math.min(100, nowMs - this.drawnAtMs);
    this.drawnAtMs = nowMs;
    if (!this.paused) this.stageMs += elapsedMs;
    const gliding = this.actors.glide(this.stillness.matches ? Number.POSITIVE_INFINITY : elapsedMs);
    this.moving.forget(this.stageMs);
    this.paintNow();
    const pulsing = this.actors.nodes.some(({ changedAtMs }) => this.stageMs - changedAtMs < 1_000);
    return !this.stillness.matches && (gliding || (!this.paused && (this.moving.all.length > 0 || pulsing)));
  }

  private paintNow(): void {
    const { canvas, palette, size } = this;
    const context = canvas?.getContext("2d");
    if (!canvas || !context || palette === undefined || size === 0) return;
    const scale = Math.min(FINEST_SCALE, devicePixelRatio);
    const pixels = Math.round(size * scale);
    if (canvas.width !== pixels) {
      canvas.width = pixels;
      canvas.height = pixels;
    }
    paint(context, {
      size,
      scale,
      palette,
      nodes: this.actors.nodes,
      empty: this.hub === undefined ? placesOf(Array<number>(this.preview).fill(0)) : [],
      radius: nodeRadius(this.actors.nodes.length || this.preview),
      moving: this.moving.all,
      // Nothing pulses where motion is not wanted.
      stageMs: this.stillness.matches ? Number.POSITIVE_INFINITY : this.stageMs,
      selected: this.selected,
    });
    this.pictures += 1;
  }

  private nodeUnder(event: MouseEvent): number | undefined {
    const { left, top, width } = this.getBoundingClientRect();
    const unit = (offset: number): number => (2 * offset) / width - 1;
    const point = { x: unit(event.clientX - left), y: unit(event.clientY - top) };
    return nodeAt(this.actors.nodes, point, (2 * REACH_PX) / width);
  }

  private point(event: PointerEvent): void {
    this.canvas?.classList.toggle("pointing", this.nodeUnder(event) !== undefined);
  }

  private pick(event: MouseEvent): void {
    const index = this.nodeUnder(event);
    if (index !== undefined) this.dispatchEvent(new CustomEvent("select-node", { detail: index }));
  }
}

function hubArc(index: number, look: string): TemplateResult {
  const slot = HUB_LENGTH / PHASES.length;
  const turn = -90 + (360 / PHASES.length) * index + (180 * HUB_GAP) / HUB_LENGTH;
  return svg`<circle class=${look} cx="50" cy="50" r=${HUB_RADIUS} transform=${`rotate(${turn} 50 50)`}
    stroke-dasharray=${`${slot - HUB_GAP} ${HUB_LENGTH}`} />`;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-sim-stage": Stage;
  }
}
