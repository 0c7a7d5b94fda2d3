import type { Flow } from '../../flows/language/flow.ts';
import { seedOf } from '../../flows/machine/chance.ts';
import { type Hints, madeUpNumbers } from '../../flows/run/made-up.ts';
import type { VirtualCall } from '../../flows/run/virtual-call.ts';
import type { FakesSource, Move, QueueFakeSource } from '../../flows/test/shape.ts';
import { type Attempt, Calls, followed } from './attempt.ts';
import type { RecordedCall, RecordedVisit } from './recorded-call.ts';
import { duration, planOf, type Way, waysFor } from './ways.ts';

export type Followed =
  | { ok: true; attempt: Attempt; endReason: string }
  /** How far any attempt came: the visit that none of them left as the call did. */
  | { ok: false; visit: RecordedVisit | undefined };

/** Calls made in search of one that goes the recorded way. */
const MOST_CALLS = 3_000;
/** Further draws of chance for a flow that shares calls out: of calls from before theirs came from their ids. */
const SEEDS = 40;
/** How long a call may take to its next step, in ms: longer than any wait. */
const PATIENCE_MS = 25 * 3_600_000;
/** Expectations wait so long when they say nothing, in ms; with room for what comes a little later. */
const USUAL_WITHIN_MS = 100_000;

/**
 * Searches for a test case whose call goes the way of a recorded one, step by step and exit by exit: what is known of the call is
 * taken over, what is personal or unknown is made up and tried, and what leads elsewhere is taken back.
 */
export function followCall(flow: Flow, recorded: RecordedCall, hints: Hints): Followed {
  const search = new Search(flow, recorded, hints);
  const sharesOut = [flow, ...Object.values(flow.flows)].some(({ steps }) =>
    [...steps.values()].some(({ verb }) => verb === 'distribute'),
  );
  const others = Array.from({ length: SEEDS }, (_, index) => index + 1);
  const seeds = sharesOut ? [seedOf(recorded.callId), ...others] : [undefined];
  for (const from of madeUpNumbers(recorded.callerNumber)) {
    for (const seed of seeds) {
      const found = search.from({
        ...(seed !== undefined && { seed }),
        ...{ from, fake: queueFakes(recorded), script: [], anchor: { events: 0, at: recorded.beganAt } },
        handled: new Set(),
      });
      if (found) return { ok: true, ...found };
    }
  }
  const event = recorded.events[search.furthest];
  return { ok: false, visit: event && recorded.visits[event.visit] };
}

class Search {
  furthest = 0;
  readonly #flow: Flow;
  readonly #recorded: RecordedCall;
  readonly #hints: Hints;
  readonly #calls: Calls;

  constructor(flow: Flow, recorded: RecordedCall, hints: Hints) {
    this.#flow = flow;
    this.#recorded = recorded;
    this.#hints = hints;
    this.#calls = new Calls(flow, recorded);
  }

  from(attempt: Attempt): { attempt: Attempt; endReason: string } | undefined {
    if (this.#calls.made >= MOST_CALLS) return undefined;
    const call = this.#calls.make(attempt);
    for (;;) {
      const count = call && this.#count(call);
      if (!call || count === undefined) return undefined;
      const { endReason } = call.state;
      if (endReason !== undefined) return count === this.#recorded.events.length ? { attempt, endReason } : undefined;
      const open = this.#openVisit(count);
      if (open !== undefined && !attempt.handled.has(open)) {
        const tried = this.#try(attempt, open, count, call);
        if (tried !== 'nothing to do') return tried;
      }
      const hasMoved = (): boolean => call.isOver || this.#count(call) !== count;
      if (!call.passUntil(hasMoved, PATIENCE_MS)) return undefined;
    }
  }

  /** Every way that a step can be left as it was, until one leads to the end of the call. */
  #try(attempt: Attempt, open: number, count: number, call: VirtualCall) {
    const visit = this.#recorded.visits[open];
    if (!visit) return 'nothing to do';
    const at = call.now;
    const ways = waysFor(visit, this.#recorded, { flow: this.#flow, hints: this.#hints, call });
    if (ways.length === 0) return 'nothing to do';
    for (const way of ways) {
      const found = this.from(this.#extended(attempt, way, { visit, open, count, at }));
      if (found) return found;
    }
    return undefined;
  }

  #extended(
    attempt: Attempt,
    { moves = [], http, fake = {} }: Way,
    { visit, open, count, at }: { visit: RecordedVisit; open: number; count: number; at: number },
  ): Attempt {
    const before = attempt.fake.http ?? {};
    const answers = http && [...[before[http.key] ?? []].flat(), ...http.answers];
    const handled = new Set([...attempt.handled, open]);
    const more = { ...attempt.fake, ...mergedBelow(attempt.fake, fake) };
    return {
      ...attempt,
      handled,
      fake: http && answers ? { ...more, http: { ...before, [http.key]: answers } } : more,
      ...(moves.length > 0 && {
        script: [...attempt.script, ...this.#waitFor(visit, attempt.anchor, count, at), ...moves],
        anchor: { events: count, at },
      }),
    };
  }

  /** Waits in the script until the visit begins: for each time that its step is entered from the last anchor on. */
  #waitFor({ step }: RecordedVisit, anchor: Attempt['anchor'], count: number, at: number): Move[] {
    const { events, visits } = this.#recorded;
    const entries = events
      .slice(anchor.events, count)
      .filter(({ what, visit }) => what === 'entered' && visits[visit]?.step === step).length;
    const tookMs = at - anchor.at;
    const within = tookMs > USUAL_WITHIN_MS ? { within: duration(Math.ceil(tookMs / 60_000) * 60_000 + 60_000) } : {};
    return Array.from({ length: entries }, () => ({ expect: { step, ...within } }));
  }

  #count(call: VirtualCall): number | undefined {
    const count = followed(this.#recorded, call.happenings);
    this.furthest = Math.max(this.furthest, count ?? 0);
    return count;
  }

  /** The visit that the call is in after so many events: the last one entered and not left. */
  #openVisit(count: number): number | undefined {
    const open: number[] = [];
    for (const { what, visit } of this.#recorded.events.slice(0, count)) {
      if (what === 'entered') open.push(visit);
      else open.splice(open.indexOf(visit), 1);
    }
    return open.at(-1);
  }
}

/** Kinds of fakes that hold several by name are merged by name. */
function mergedBelow(before: FakesSource, more: FakesSource): FakesSource {
  return {
    ...(more.transfer && { transfer: { ...before.transfer, ...afterEarlier(before.transfer, more.transfer) } }),
    ...(more.queueStatus && { queueStatus: { ...before.queueStatus, ...more.queueStatus } }),
  };
}

/** Whoever is rung again does each time what they did that time. */
function afterEarlier<T>(before: Record<string, T | T[]> = {}, more: Record<string, T | T[]>): Record<string, T | T[]> {
  return Object.fromEntries(
    Object.entries(more).map(([whom, fake]) => {
      const all = [...[before[whom] ?? []].flat(), ...[fake].flat()] as T[];
      return [whom, all.length === 1 && all[0] !== undefined ? all[0] : all];
    }),
  );
}

/** Queues as the call met them; what a queue did differently another time is told by the script. */
function queueFakes(recorded: RecordedCall): FakesSource {
  const names = [...new Set(recorded.visits.flatMap(({ queue }) => queue ?? []))];
  const queue = Object.fromEntries(names.map((name) => [name, queueFake(name, recorded)]));
  const failed = (verb: string): boolean => recorded.visits.some((one) => one.verb === verb && one.exit === 'error');
  return {
    ...(names.length > 0 && { queue }),
    ...(failed('callback') && { callback: 'failed' as const }),
    ...(failed('voicemail') && { voicemail: 'failed' as const }),
  };
}

function queueFake(name: string, recorded: RecordedCall): QueueFakeSource {
  const { outcome, visit } = planOf(name, recorded);
  if (outcome === 'answered' && visit?.answeredAt !== undefined) {
    const { enteredAt, answeredAt, leftAt, exit } = visit;
    // A talk that the caller ends must not be ended by the agent before.
    const talk = exit === 'answeredEnd' ? duration(leftAt - answeredAt) : '24h';
    return { answerAfter: duration(answeredAt - enteredAt), talk };
  }
  if (outcome === 'timeout' || !visit) return { outcome: 'timeout' };
  return { outcome, after: duration(visit.leftAt - visit.enteredAt) };
}
