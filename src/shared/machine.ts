/**
 * State machines as tables: one row a state, one cell an event that means something there. A cell is a pure function
 * from the state's own data and the event to the next state and the orders that follow.
 */
type Kinded = { kind: string };
type Of<T extends Kinded, K extends T['kind']> = Extract<T, { kind: K }>;

export type Arrow<S extends Kinded, Ev extends Kinded, Ef, SK extends S['kind'], EK extends Ev['kind']> = (
  state: Of<S, SK>,
  event: Of<Ev, EK>,
) => readonly [S, ...Ef[]];

export type Machine<S extends Kinded, Ev extends Kinded, Ef> = {
  readonly [SK in S['kind']]: { readonly [EK in Ev['kind']]?: Arrow<S, Ev, Ef, SK, EK> };
};

export interface Move<S, Ef> {
  /** False when the event means nothing in this state; the state is then the one given. */
  moved: boolean;
  state: S;
  effects: readonly Ef[];
}

/** Takes one arrow of the table. */
export function step<S extends Kinded, Ev extends Kinded, Ef>(
  machine: Machine<S, Ev, Ef>,
  state: S,
  event: Ev,
): Move<S, Ef> {
  const row = machine[state.kind as S['kind']] as Record<string, ((s: S, e: Ev) => readonly [S, ...Ef[]]) | undefined>;
  const arrow = row[event.kind];
  if (!arrow) return { moved: false, state, effects: [] };
  const taken = arrow(state, event);
  return { moved: true, state: taken[0], effects: taken.slice(1) as Ef[] };
}

/** One way through a table: the events taken, the states passed, the orders given on each arrow. */
export interface Path<S, Ev, Ef> {
  events: Ev[];
  states: S[];
  effects: Ef[];
}

/**
 * Every path of at most `depth` arrows from `start`, following only arrows that exist; `samples` gives the events to try.
 * For tests: a promise checked on each path is checked on the whole table.
 */
export function* everyPath<S extends Kinded, Ev extends Kinded, Ef>(
  machine: Machine<S, Ev, Ef>,
  start: S,
  samples: readonly Ev[],
  depth: number,
): Generator<Path<S, Ev, Ef>> {
  function* walk(path: Path<S, Ev, Ef>, left: number): Generator<Path<S, Ev, Ef>> {
    yield path;
    if (left === 0) return;
    const here = path.states[path.states.length - 1];
    if (here === undefined) return;
    for (const event of samples) {
      const move = step(machine, here, event);
      if (!move.moved) continue;
      yield* walk(
        {
          events: [...path.events, event],
          states: [...path.states, move.state],
          effects: [...path.effects, ...move.effects],
        },
        left - 1,
      );
    }
  }
  yield* walk({ events: [], states: [start], effects: [] }, depth);
}
