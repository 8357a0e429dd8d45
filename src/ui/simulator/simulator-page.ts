import "@awesome.me/webawesome/dist/components/button/button.js";
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import type { InjectedFault, Simulations } from "../../app/parley.ts";
import type {
  RunningSimulation,
  ScenarioInfo,
  SimulationFrame,
  SimulationSettings,
} from "../../ports/simulation.ts";
import { Action } from "../action.ts";
import { errorNotice } from "../elements/notice.ts";
import { plural } from "../format.ts";
import { MediaQuery } from "../media-query.ts";
import type { Services } from "../services.ts";
import { pageStyles, shared } from "../styles.ts";
import { lossChart, rootRows } from "./epochs.ts";
import { RecentFlights } from "./families.ts";
import type { Faults } from "./faults.ts";
import "./faults.ts";
import { legend } from "./legend.ts";
import type { NodePanel } from "./node-panel.ts";
import "./node-panel.ts";
import "./node-table.ts";
import { simulatorColours } from "./palette.ts";
import { counters, eventList, failureReport } from "./reports.ts";
import { endWords, RootBook } from "./roots.ts";
import { focusWhenDrawn, scenarioName } from "./run-form.ts";
import { linkTo, SPEEDS, settingsInLink, USUAL, USUAL_SPEED } from "./settings.ts";
import { simulatorStyles } from "./simulator-styles.ts";
import type { Stage } from "./stage.ts";
import "./stage.ts";
import { newsSince, virtualTime } from "./words.ts";

/** Words and tables change at most this often; the stage draws every picture. */
const WORDS_EVERY_MS = 250;
/** What is said aloud changes at most this often. */
const NEWS_EVERY_MS = 2_000;
const ROOT_ROWS = 8;

/** A network of its own in a worker, to look at and to break. */
@customElement("parley-simulator")
export class SimulatorPage extends LitElement {
  static override styles = [shared, pageStyles, simulatorColours, simulatorStyles];

  @property({ attribute: false }) parley: Services | undefined;
  @state() private scenarios: readonly ScenarioInfo[] = [];
  @state() private settings: SimulationSettings = {
    scenario: "",
    ...USUAL,
    ...settingsInLink(location.hash),
  };
  @state() private running: RunningSimulation | undefined;
  @state() private frame: SimulationFrame | undefined;
  @state() private paused = false;
  @state() private virtualMsPerSecond: number = USUAL_SPEED;
  @state() private selected: number | undefined;
  @state() private injected = 0;
  @state() private news = "";
  @query("parley-sim-stage") private stage: Stage | undefined;
  @query("parley-sim-faults") private faults: Faults | undefined;
  @query("parley-sim-node") private nodePanel: NodePanel | undefined;

  private readonly starting = new Action(this);
  private readonly listing = new Action(this);
  private readonly stillness = new MediaQuery(this, "(prefers-reduced-motion: reduce)");
  private book = new RootBook();
  private recent = new RecentFlights();
  private listedFrom: Simulations | undefined;
  private latest: SimulationFrame | undefined;
  private waiting: ReturnType<typeof setTimeout> | undefined;
  private toldAtMs = Number.NEGATIVE_INFINITY;
  private saidAtMs = 0;

  /** Somebody follows a link to another run. One that goes on is left alone. */
  private readonly follow = (): void => {
    if (this.running === undefined || this.frame?.finished === true) {
      this.settings = { ...this.settings, ...settingsInLink(location.hash) };
    }
  };

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener("hashchange", this.follow);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener("hashchange", this.follow);
    clearTimeout(this.waiting);
    this.waiting = undefined;
    this.running?.stop();
    this.running = undefined;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const simulations = this.parley?.simulations;
    if (simulations === undefined || simulations === this.listedFrom) return;
    this.listedFrom = simulations;
    void this.list(simulations);
  }

  protected override render() {
    const isOver = this.running === undefined || this.frame?.finished === true;
    return html`<div class="page">
      <div>
        <h1>Simulator</h1>
        <p class="lead">
          The protocol's own code, simulated on this device with a stand-in model: the network is not touched.
        </p>
      </div>
      <section class="panel stack" aria-label="Run">
        ${isOver ? this.form() : this.toolbar()}
        ${errorNotice(this.starting.error, () => this.starting.clear())}
        ${this.listing.error === undefined ? nothing : this.listAgain()}
      </section>
      ${failureReport(this.frame, this.settings, this.injected)}
      <div class="theatre">
        <section class="panel stage" aria-label="Stage">
          <parley-sim-stage
            .book=${this.book}
            .preview=${this.settings.nodes}
            .selected=${this.selected}
            .paused=${this.paused}
            .virtualMsPerSecond=${this.virtualMsPerSecond}
            @select-node=${this.select}
          ></parley-sim-stage>
          ${legend(this.recent, performance.now(), this.stillness.matches)}
        </section>
        <div class="stack">
          ${this.nodeDetails(isOver)}
          <parley-sim-faults
            .nodes=${this.frame?.nodes ?? []}
            .disabled=${isOver}
            @inject=${this.inject}
          ></parley-sim-faults>
          <section class="panel" aria-label="Agreement">
            <div class="row spread">
              <h2>Roots</h2>
              <span class="small quiet">${plural(this.settings.epochs, "epoch")} to run</span>
            </div>
            ${rootRows(this.book.rows(ROOT_ROWS))}
          </section>
          <section class="panel" aria-label="Loss">
            <h2>Loss of the shared model</h2>
            ${lossChart(this.frame?.lossMicroNats ?? [])}
          </section>
        </div>
      </div>
      <div class="theatre">
        <div class="stack">
          <parley-sim-table
            .nodes=${this.frame?.nodes ?? []}
            .book=${this.book}
            .selected=${this.selected}
            @select-node=${this.select}
          ></parley-sim-table>
        </div>
        <div class="stack">
          <section class="panel" aria-label="Messages">${counters(this.frame)}</section>
          ${eventList(this.frame)}
        </div>
      </div>
      <p class="visually-hidden" role="status" data-testid="news">${this.news}</p>
    </div>`;
  }

  private form(): TemplateResult {
    return html`${this.outcome()}
      <parley-sim-form
        .scenarios=${this.scenarios}
        .settings=${this.settings}
        .busy=${this.starting.busy}
        @choose-run=${(event: CustomEvent<SimulationSettings>) => {
          this.settings = event.detail;
        }}
        @start-run=${(event: CustomEvent<SimulationSettings>) => this.start(event.detail)}
      ></parley-sim-form>`;
  }

  /** How the last run ended. */
  private outcome(): TemplateResult | typeof nothing {
    const { frame } = this;
    if (frame === undefined) return nothing;
    const bad = frame.failures.length > 0;
    const words = bad
      ? "A check failed."
      : !frame.finished
        ? "Stopped."
        : `Finished: ${endWords(frame.nodes)}.`;
    return html`<p class="row" data-testid="outcome">
      <span class="pill ${bad ? "bad" : frame.finished ? "good" : ""}"><i class="dot"></i>${words}</span>
      <span class="small quiet number">${virtualTime(frame.nowMs - frame.startMs)} of virtual time</span>
    </p>`;
  }

  private toolbar(): TemplateResult {
    const { scenario, seed, nodes } = this.settings;
    const since = this.frame === undefined ? 0 : this.frame.nowMs - this.frame.startMs;
    return html`<div class="toolbar">
      <div class="what">
        <h2>${scenarioName(scenario)}</h2>
        <p class="small quiet number">Seed ${seed}, ${plural(nodes, "node")}, <span data-testid="clock">${virtualTime(since)}</span></p>
      </div>
      <div class="controls">
      <label class="small">
        <span class="visually-hidden">Speed</span>
        <select @change=${this.changeSpeed}>
          ${SPEEDS.map(
            ({ virtualMsPerSecond, words }) =>
              html`<option value=${virtualMsPerSecond} ?selected=${virtualMsPerSecond === this.virtualMsPerSecond}>${words}</option>`,
          )}
        </select>
      </label>
      <wa-button size="s" variant="brand" data-testid="pause" @click=${this.togglePause}
        >${this.paused ? "Resume" : "Pause"}</wa-button
      >
      <wa-button size="s" appearance="outlined" @click=${this.stop}>Stop</wa-button>
      </div>
    </div>`;
  }

  private nodeDetails(isOver: boolean): TemplateResult {
    const node = this.selected === undefined ? undefined : this.frame?.nodes[this.selected];
    return html`<parley-sim-node
      ?hidden=${node === undefined}
      .node=${node}
      .count=${this.frame?.nodes.length ?? 0}
      .hue=${node === undefined ? 0 : this.book.hue(node.root)}
      .disabled=${isOver}
      @inject=${this.inject}
      @close-node=${() => {
        this.selected = undefined;
      }}
    ></parley-sim-node>`;
  }

  private listAgain(): TemplateResult {
    const { listedFrom } = this;
    return html`${errorNotice(this.listing.error)}
      <wa-button
        size="s"
        appearance="outlined"
        @click=${() => (listedFrom === undefined ? undefined : this.list(listedFrom))}
        >Try again</wa-button
      >`;
  }

  private async list(simulations: Simulations): Promise<void> {
    await this.listing.run(async () => {
      this.scenarios = await simulations.scenarios();
      const known = this.scenarios.some(({ id }) => id === this.settings.scenario);
      if (!known) this.settings = { ...this.settings, scenario: this.scenarios[0]?.id ?? "" };
    });
  }

  private async start(settings: SimulationSettings): Promise<void> {
    const simulations = this.parley?.simulations;
    if (simulations === undefined) return;
    const started = await this.starting.run(async () => {
      this.running?.stop();
      this.running = undefined;
      this.reset(settings);
      const running = await simulations.start(settings, (frame) => this.show(frame));
      running.setSpeed(this.virtualMsPerSecond);
      if (this.isConnected) this.running = running;
      else running.stop();
    });
    if (!started) return;
    history.replaceState(null, "", linkTo(settings));
    await this.updateComplete;
    await focusWhenDrawn(this.renderRoot.querySelector("wa-button"));
  }

  private reset(settings: SimulationSettings): void {
    this.settings = settings;
    this.frame = undefined;
    this.latest = undefined;
    this.selected = undefined;
    this.paused = false;
    this.injected = 0;
    this.book = new RootBook();
    this.recent = new RecentFlights();
    this.toldAtMs = Number.NEGATIVE_INFINITY;
    this.stage?.clear();
    this.faults?.reset();
    this.nodePanel?.reset();
  }

  private show(frame: SimulationFrame): void {
    this.latest = frame;
    this.recent.add(frame.flights, performance.now());
    if (this.stage !== undefined) {
      this.stage.book = this.book;
      this.stage.show(frame);
    }
    this.waiting ??= setTimeout(() => this.showWords(), this.frame === undefined ? 0 : WORDS_EVERY_MS);
  }

  private showWords(): void {
    this.waiting = undefined;
    const { latest } = this;
    if (latest === undefined) return;
    const ends = latest.finished && this.frame?.finished !== true;
    const hadFocus =
      this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement?.closest(".toolbar");
    this.frame = latest;
    this.say(latest);
    if (ends && hadFocus) void this.focusStart();
  }

  private say(frame: SimulationFrame): void {
    const nowMs = performance.now();
    if (nowMs < this.saidAtMs + NEWS_EVERY_MS && !frame.finished) return;
    const news = newsSince(frame, this.toldAtMs);
    if (news === undefined) return;
    this.saidAtMs = nowMs;
    this.toldAtMs = news.atMs;
    this.news = news.text;
  }

  private inject(event: CustomEvent<InjectedFault>): void {
    this.injected += 1;
    this.running?.inject(event.detail);
  }

  private select(event: CustomEvent<number>): void {
    this.selected = this.selected === event.detail ? undefined : event.detail;
  }

  private togglePause(): void {
    this.paused = !this.paused;
    if (this.paused) this.running?.pause();
    else this.running?.resume();
  }

  private changeSpeed(event: Event): void {
    if (!(event.target instanceof HTMLSelectElement)) return;
    this.virtualMsPerSecond = Number(event.target.value);
    this.running?.setSpeed(this.virtualMsPerSecond);
  }

  private stop(): void {
    this.running?.stop();
    this.running = undefined;
    void this.focusStart();
  }

  /** The toolbar is gone: whoever used it goes on at the button that took its place. */
  private async focusStart(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector("parley-sim-form")?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-simulator": SimulatorPage;
  }
}
