import { Coverage } from '../cover/coverage.ts';
import type { Flow } from '../language/flow.ts';
import type { FlowInit } from '../machine/types.ts';
import type { Decidable } from '../run/decisions.ts';
import { USUAL } from '../run/fakes.ts';
import type { Happening } from '../run/happenings.ts';
import { VirtualCall } from '../run/virtual-call.ts';
import { progressOf } from '../steps/entry/asking.ts';
import { type Done, fakeOf } from './case.ts';
import { type Choice, carryOut, REACTION_MS } from './choice.ts';
import { choicesOf, type Model } from './choices.ts';
import { familyOf } from './family.ts';
import { fingerprintOf } from './fingerprint.ts';

export interface WalkOptions {
  /** Choices one after the other, at most. */
  depth: number;
  maxStates: number;
  /** Callers who reach a person later than this are looked for; they hear everything and answer at once. */
  secondsToPerson?: number | undefined;
}

/** A state of a call that can be reached, and how it was reached first. */
export interface Node {
  init: FlowInit;
  before: Node | undefined;
  done: Done | undefined;
  depth: number;
  /** Until the node has been walked on from. */
  call: VirtualCall | undefined;
  happenings: readonly Happening[];
  endReason: string | undefined;
  callerGone: boolean;
  answered: boolean;
  /** Whether something comes by itself: it is due, or to be decided. */
  waits: boolean;
  /** Where the call is. */
  place: string;
  /** Whether the caller was silent or wrong where an answer was wanted, or came back to a step. */
  dawdled: boolean;
  /** Where the choices lead; `undefined` stands for what was not walked. */
  edges: { act: Choice['act']; to: Node | undefined }[];
}

export interface Crash {
  from: Node | undefined;
  init: FlowInit;
  done: Done | undefined;
  message: string;
}

export interface Walked {
  nodes: Node[];
  crashes: Crash[];
  /** Choices carried out. */
  choices: number;
  /** Whether there was more than depth and number of states allowed. */
  isCut: boolean;
  /** How often steps and exits were gone through, those that led to known states too. */
  coverage: Coverage;
}

/** Everything is left open, so that each of its outcomes can be walked. */
const OPEN: ReadonlySet<Decidable> = new Set(['http', 'queue', 'transfer', 'callback', 'voicemail', 'queueStatus']);

/**
 * Walks all ways from the beginnings, nearest first. States are known by their fingerprints: what has been walked from is not walked
 * from again. The same flow, beginnings, model and options give the same walk.
 */
export function walk(flow: Flow, beginnings: readonly FlowInit[], model: Model, options: WalkOptions): Walked {
  return new Walk(flow, model, options).from(beginnings);
}

/** Callers on the way to a person who are so far apart are told apart, in ms. */
const SAME_TIME_MS = 500;

class Walk {
  readonly #flow: Flow;
  readonly #model: Model;
  readonly #options: WalkOptions;
  readonly #known = new Map<string, Node>();
  readonly #walked: Walked = { nodes: [], crashes: [], choices: 0, isCut: false, coverage: new Coverage() };

  constructor(flow: Flow, model: Model, options: WalkOptions) {
    this.#flow = flow;
    this.#model = model;
    this.#options = options;
    for (const one of familyOf(flow)) this.#walked.coverage.add(one);
  }

  from(beginnings: readonly FlowInit[]): Walked {
    for (const init of beginnings) this.#begin(init);
    const { nodes } = this.#walked;
    for (let index = 0; index < nodes.length; index += 1) {
      const node = nodes[index];
      if (node?.call) this.#goOn(node, node.call);
    }
    return this.#walked;
  }

  #begin(init: FlowInit): void {
    try {
      const call = new VirtualCall(this.#flow, init, USUAL, { leaveOpen: OPEN });
      call.pass(0);
      this.#reached(call, { init, before: undefined, done: undefined, depth: 0 });
    } catch (error) {
      this.#crashed({ from: undefined, init, done: undefined }, error);
    }
  }

  #goOn(node: Node, call: VirtualCall): void {
    node.call = undefined;
    if (call.isOver) return;
    const { init, depth } = node;
    if (depth >= this.#options.depth) {
      this.#walked.isCut = true;
      node.edges.push({ act: 'wait', to: undefined });
      return;
    }
    for (const choice of choicesOf(call, this.#model)) {
      const copy = call.fork();
      const fake = choice.act === 'decide' ? fakeOf(call, choice.decision) : undefined;
      this.#walked.choices += 1;
      try {
        const done: Done = { ...carryOut(copy, choice), ...(fake && { fake }) };
        const to = this.#reached(copy, { init, before: node, done, depth: depth + 1 });
        node.edges.push({ act: choice.act, to });
      } catch (error) {
        const done: Done = { choice, beforeMs: REACTION_MS, afterMs: 0, ...(fake && { fake }) };
        this.#crashed({ from: node, init, done }, error);
        node.edges.push({ act: choice.act, to: undefined });
      }
    }
  }

  #reached(call: VirtualCall, way: Pick<Node, 'init' | 'before' | 'done' | 'depth'>): Node | undefined {
    const { state, happenings } = call;
    this.#walked.coverage.count(happenings.slice(way.before?.happenings.length));
    const dawdled = way.before?.dawdled === true || isDawdling(call);
    const fingerprint = fingerprintOf(call, this.#model.compared, this.#lateness(call, dawdled));
    const known = this.#known.get(fingerprint);
    if (known) return known;
    if (this.#walked.nodes.length >= this.#options.maxStates) {
      this.#walked.isCut = true;
      return undefined;
    }
    const node: Node = {
      ...way,
      call,
      happenings,
      endReason: state.endReason,
      callerGone: state.callerGone,
      answered: state.answered,
      place: state.inside === this.#flow.name ? state.step : `${state.inside}/${state.step}`,
      waits: call.nextAt !== undefined || call.open !== undefined,
      dawdled,
      edges: [],
    };
    this.#known.set(fingerprint, node);
    this.#walked.nodes.push(node);
    return node;
  }

  /** Who comes late, or has dawdled, is another one than who does not, when that is asked for. */
  #lateness({ happenings, now, state }: VirtualCall, dawdled: boolean): unknown[] {
    const { secondsToPerson } = this.#options;
    if (secondsToPerson === undefined) return [];
    if (dawdled) return ['dawdled'];
    const reachedAt = happenings.find(isOnTheWay)?.at;
    const tookMs = (reachedAt ?? now) - state.startedAt;
    const isLate = tookMs > secondsToPerson * 1_000;
    return [isLate, reachedAt === undefined && !isLate ? Math.floor(tookMs / SAME_TIME_MS) : null];
  }

  #crashed(crash: Omit<Crash, 'message'>, error: unknown): void {
    this.#walked.crashes.push({ ...crash, message: error instanceof Error ? error.message : String(error) });
  }
}

/** Whether the caller is on the way to a person: in a queue, rung through, or booked for a call back. */
export function isOnTheWay({ what }: Happening): boolean {
  return what === 'queued' || what === 'transferred' || what === 'callback';
}

/** Whether a question is being asked again, was given up, or a step came twice. */
function isDawdling({ state, happenings }: VirtualCall): boolean {
  if ((progressOf(state.local)?.round ?? 0) > 0) return true;
  const entered = new Set<string>();
  for (const one of happenings) {
    if (one.what === 'left' && (one.exit === 'noInput' || one.exit === 'noMatch')) return true;
    if (one.what !== 'entered') continue;
    const name = `${one.flow}/${one.step}`;
    if (entered.has(name)) return true;
    entered.add(name);
  }
  return false;
}

/** The choices that led to a node, from the beginning. */
export function wayTo(node: Node | undefined): Done[] {
  const way: Done[] = [];
  for (let at = node; at?.done; at = at.before) way.push(at.done);
  return way.reverse();
}
