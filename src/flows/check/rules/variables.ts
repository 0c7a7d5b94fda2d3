import type { Flow, Named, Step } from '../../language/flow.ts';
import type { Told } from '../finding.ts';
import { type FlowGraph, lasts, stepNamed } from '../graph.ts';
import { onTheWay, type Visited } from '../trail.ts';

/** `variable.unset`: what is collected on one way only is read on another. Variables with a first value always have one. */
export function checkVariables(graph: FlowGraph, tell: Told): void {
  const readers = readersIn(graph);
  const names = collected(graph.flow).filter((name) => readers.has(name));
  if (names.length === 0) return;
  const places = new UnsetPlaces(graph);
  for (const name of names) {
    const read = readers.get(name) ?? new Map<Step, Named[]>();
    for (const [step, way] of places.of(name, new Set(read.keys()))) {
      for (const { place } of read.get(step) ?? []) {
        const sentence = `${name} may have no value yet: ${onTheWay(way)}`;
        tell('variable.unset', place, sentence, 'collect it on every way here, or declare it under vars');
      }
    }
  }
}

/** Variables, secret ones too, that are declared by nothing but the step that collects them. */
function collected(flow: Flow): string[] {
  const writes = new Set([...flow.steps.values()].flatMap((step) => step.writes.map(placed)));
  return [...flow.places.names].filter(([name, place]) => writes.has(placed({ name, place }))).map(([name]) => name);
}

function placed({ name, place }: Named): string {
  return `${place.line}:${place.column} ${name}`;
}

/** Who reads what, without the expressions that ask themselves whether it is empty. */
function readersIn({ reached }: FlowGraph): Map<string, Map<Step, Named[]>> {
  const readers = new Map<string, Map<Step, Named[]>>();
  for (const step of reached) {
    for (const read of step.reads) {
      if (read.isTested) continue;
      const steps = readers.get(read.name) ?? new Map<Step, Named[]>();
      readers.set(read.name, steps.set(step, [...(steps.get(step) ?? []), read]));
    }
  }
  return readers;
}

/** A place of a call, by number: a step with its caller, or, after all of those, a step after the caller has left. */
interface Move {
  to: number;
  /** What surely has a value then. */
  gives: readonly string[];
}

/** Finds the steps that a call can be in before a variable has a value. Ways are looked up once for all variables. */
class UnsetPlaces {
  readonly #steps: readonly Step[];
  readonly #moves: readonly (readonly Move[])[];
  readonly #start: number | undefined;
  /** For which of the variables asked for a place was met last, and from which place. */
  readonly #met: Int32Array;
  readonly #before: Int32Array;
  #asked = 0;

  constructor(graph: FlowGraph) {
    const { flow, reached } = graph;
    this.#steps = [...reached];
    const numbers = new Map(this.#steps.map((step, number) => [step, number]));
    const gone = this.#steps.length;
    const place = (step: Step | undefined, hasLeft: boolean): number | undefined => {
      const number = step && numbers.get(step);
      if (number === undefined || !hasLeft) return number;
      return step?.kind.needsCaller ? undefined : number + gone;
    };
    const movesFrom = (step: Step, hasLeft: boolean): Move[] =>
      waysFrom(step, graph).flatMap(({ to, gives, leaves }) => {
        const number = place(to, hasLeft || leaves);
        return number === undefined ? [] : [{ to: number, gives }];
      });
    this.#moves = [false, true].flatMap((hasLeft) => this.#steps.map((step) => movesFrom(step, hasLeft)));
    this.#start = place(stepNamed(flow, flow.start), false);
    this.#met = new Int32Array(2 * gone);
    this.#before = new Int32Array(2 * gone);
  }

  /** Those of `readers` that can be entered before `name` has a value, each with a shortest way there. */
  of(name: string, readers: ReadonlySet<Step>): Map<Step, Visited> {
    const found = new Map<Step, Visited>();
    this.#asked += 1;
    const open: number[] = [];
    const meet = (place: number, before: number) => {
      if (this.#met[place] === this.#asked) return;
      this.#met[place] = this.#asked;
      this.#before[place] = before;
      open.push(place);
    };
    if (this.#start !== undefined) meet(this.#start, -1);
    for (const place of open) {
      const step = this.#stepAt(place);
      if (step && readers.has(step) && !found.has(step)) {
        const way = this.#wayTo(place);
        if (way) found.set(step, way);
        if (found.size === readers.size) break;
      }
      for (const { to, gives } of this.#moves[place] ?? []) if (!gives.includes(name)) meet(to, place);
    }
    return found;
  }

  #stepAt(place: number): Step | undefined {
    return this.#steps[place % this.#steps.length];
  }

  #wayTo(place: number): Visited | undefined {
    const steps: Step[] = [];
    for (let at = place; at >= 0; at = this.#before[at] ?? -1) {
      const step = this.#stepAt(at);
      if (step) steps.unshift(step);
    }
    return steps.reduce<Visited | undefined>((before, step) => ({ step, before }), undefined);
  }
}

/** The ways out of a step, and those that open when it fails, takes too long, or loses its caller. */
function waysFrom(
  step: Step,
  { flow, ways, mayFail, handler }: FlowGraph,
): { to: Step | undefined; gives: readonly string[]; leaves: boolean }[] {
  const { gives } = step.traits;
  const all = ways(step).map(({ exit, to }) => ({ to, gives: gives?.[exit] ?? gives?.['*'] ?? [], leaves: false }));
  const other = (to: Step | undefined, leaves = false) => ({ to, gives: [], leaves });
  return [
    ...all,
    ...(mayFail(step) ? [other(handler(step))] : []),
    other(stepNamed(flow, flow.maxDuration?.step)),
    ...(waits(step) ? [other(stepNamed(flow, flow.onHangup), true)] : []),
  ];
}

/** Whether the caller can leave during the step. */
function waits(step: Step): boolean {
  return step.traits.calls !== undefined || lasts(step);
}
