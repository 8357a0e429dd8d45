import { CHECK_BYTES } from "../../src/core/messages/attestation/schema.ts";
import type { Delta, ReportedMetrics } from "../../src/core/primitives.ts";
import { workCheck } from "../../src/core/scoring/work-checks.ts";
import { modelOf } from "../adapters/model/models.ts";
import { SeededRandom } from "../adapters/random.ts";
import { ATTACKS, type AttackName } from "../attacks/attacks.ts";
import type { Adversary, AdversaryView } from "./adversary.ts";
import { drawnValidators, isOfGang, madeUp, note, submissionOf } from "./support.ts";
import { deltaOfVector, vectorOf } from "./vectors.ts";

/** Nobody sees others' deltas before it has committed: colluders guess them from so many runs on their own data. */
const GUESSED_RUNS = 4;
/** As many of them as make 30 % with the guesses. */
const LIARS_AMONG_GUESSES = 2;

/**
 * A minority that attacks the model together. Its members report true metrics where the poisoned delta passes with them, else
 * those of the honest delta that they did not send; drawn into each other's committees they confirm that, with digests that
 * they agreed on, and checks that recognise each other's. Towards everybody else they are honest validators.
 */
export function colluder(attack: AttackName): Adversary {
  let honest: Delta | undefined;
  return {
    trains: () => true,
    onTrain: (own, view) => {
      honest = own;
      note(view, "poisoned");
      return poisoned(attack, own, view);
    },
    onReport: (measured, view) => plausible(measured, honest, view),
    says: {
      attestation: (body, view) => {
        const submission = submissionOf(view, body.epoch, body.submission);
        if (submission === undefined || body.pass || !isOfGang(view, submission.envelope.author)) return body;
        note(view, "passed a false one");
        const { author } = submission.envelope;
        const digestOf = (nodeId: string) => madeUp("gang digest", body.submission, nodeId);
        const own = view.identity.nodeId;
        return {
          ...body,
          pass: true,
          reason: null,
          metrics: submission.envelope.body.reportedMetrics,
          workDigest: digestOf(own),
          checks: drawnValidators(view, body.epoch, author).map((nodeId) =>
            isOfGang(view, nodeId)
              ? workCheck(own, digestOf(nodeId))
              : madeUp("check", own, nodeId).slice(0, 2 * CHECK_BYTES),
          ),
          heldOut: null,
        };
      },
    },
  };
}

function plausible(
  measured: ReportedMetrics,
  honest: Delta | undefined,
  view: AdversaryView,
): ReportedMetrics {
  if (measured.utilityPpm >= view.state().parameters.minimumUtilityPpm || honest === undefined)
    return measured;
  note(view, "reported false metrics");
  return view.measure(honest);
}

const TOGETHER: ReadonlySet<AttackName> = new Set(["inner-product", "small-and-many"]);

/** All of the gang send the same where the attack wants that: the first to train in an epoch decides for all. */
function poisoned(attack: AttackName, own: Delta, view: AdversaryView): Delta {
  const epoch = view.state().epoch + 1;
  if (!TOGETHER.has(attack)) return attacked(attack, [own], own, view, epoch);
  const agreed = deltas.get(view.board);
  if (agreed?.epoch === epoch) return agreed.delta;
  const guesses = Array.from({ length: GUESSED_RUNS }, (_, i) => view.train(-1 - i - GUESSED_RUNS * epoch));
  const delta = attacked(attack, guesses, own, view, epoch);
  deltas.set(view.board, { epoch, delta });
  return delta;
}

/** What gangs agreed on last, by their boards: too large for a line of text. */
const deltas = new WeakMap<object, { readonly epoch: number; readonly delta: Delta }>();

function attacked(
  attack: AttackName,
  guesses: readonly Delta[],
  own: Delta,
  view: AdversaryView,
  epoch: number,
): Delta {
  const random = new SeededRandom(
    `${attack} ${view.root()} ${TOGETHER.has(attack) ? "" : view.identity.nodeId}`,
  );
  const bad =
    attack === "backdoor"
      ? modelOf(view.genesis).trainPoisoned(view.adapter(), view.identity.nodeId, epoch)
      : own;
  const [vector] = ATTACKS[attack]({
    honest: guesses.map((delta) => vectorOf(view, delta)),
    liars: LIARS_AMONG_GUESSES,
    own: [vectorOf(view, own)],
    poisoned: [vectorOf(view, bad)],
    random: () => random.bytes(4).reduce((sum, byte) => sum * 256 + byte, 0) / 2 ** 32,
  });
  return vector === undefined ? own : deltaOfVector(view, vector);
}
