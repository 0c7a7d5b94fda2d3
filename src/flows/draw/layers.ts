import type { Line } from './picture.ts';

/** A place in a row of the drawing: a box, or a bend of a lane that leads by the boxes of the row. */
export interface Spot {
  /** Index of the box; undefined for a bend. */
  box?: number;
  /** Number of the lane of a bend. */
  lane?: number;
  row: number;
}

/** A line with the spots it leads through, from its box to its other box. */
export interface Route {
  line: Line;
  /** Bends only. Those of a line that leads back begin in the row of its own box and end in that of the other. */
  bends: number[];
  back: boolean;
}

export interface Layers {
  spots: Spot[];
  /** Neighbours in the order of the drawing: from a spot to one in the next row. */
  down: [from: number, to: number][];
  /** Spots of one row that should be close to each other. */
  beside: [number, number][];
  routes: Route[];
  rows: number;
}

/**
 * Boxes in rows, so that lines lead down where they can. Lines back, and lines over several rows, go through bends beside the boxes;
 * those to the same box share one lane, so that a step which many lead to does not fill the picture with lines.
 */
export function layersOf(count: number, lines: readonly Line[], first: readonly number[]): Layers {
  const back = linesBack(count, lines, first);
  const rowOf = rowsOf(
    count,
    lines.filter((line) => !back.has(line)),
    first,
  );
  const spots: Spot[] = rowOf.map((row, box) => ({ box, row }));
  const lanes = new Lanes(spots);
  const routes = lines.map((line): Route => {
    const [from, to] = [rowOf[line.from] ?? 0, rowOf[line.to] ?? 0];
    const isBack = back.has(line);
    const rows = isBack ? range(to, from).reverse() : range(from + 1, to - 1);
    return { line, back: isBack, bends: rows.map((row) => lanes.bend(`${isBack} ${line.kind} ${line.to}`, row)) };
  });
  const down = new Map<string, [number, number]>();
  const beside = new Map<string, [number, number]>();
  for (const route of routes) {
    const way = [route.line.from, ...route.bends, route.line.to];
    for (let index = 1; index < way.length; index += 1) {
      const pair: [number, number] = [way[index - 1] ?? 0, way[index] ?? 0];
      const [a, b] = pair.map((spot) => spots[spot]?.row ?? 0);
      if (a === b) beside.set(pair.join(), pair);
      else down.set(pair.join(), (a ?? 0) < (b ?? 0) ? pair : [pair[1], pair[0]]);
    }
  }
  return {
    spots,
    down: [...down.values()],
    beside: [...beside.values()],
    routes,
    rows: rowOf.reduce((most, row) => Math.max(most, row + 1), 0),
  };
}

/** The bends of lanes, each made once. */
class Lanes {
  readonly #spots: Spot[];
  /** By name: bends by row. */
  readonly #made = new Map<string, { lane: number; bends: Map<number, number> }>();

  constructor(spots: Spot[]) {
    this.#spots = spots;
  }

  bend(name: string, row: number): number {
    const made = this.#made.get(name) ?? { lane: this.#made.size, bends: new Map<number, number>() };
    this.#made.set(name, made);
    const known = made.bends.get(row);
    if (known !== undefined) return known;
    made.bends.set(row, this.#spots.length);
    return this.#spots.push({ lane: made.lane, row }) - 1;
  }
}

/** Lines that close a circle, walking from the first boxes on. */
function linesBack(count: number, lines: readonly Line[], first: readonly number[]): Set<Line> {
  const out = outgoing(count, lines);
  const back = new Set<Line>();
  const state = new Array<'new' | 'open' | 'done'>(count).fill('new');
  for (const root of [...first, ...range(0, count - 1)]) {
    if (state[root] !== 'new') continue;
    const path: { box: number; next: number }[] = [{ box: root, next: 0 }];
    state[root] = 'open';
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const line = out[top.box]?.[top.next];
      top.next += 1;
      if (!line) {
        state[top.box] = 'done';
        path.pop();
      } else if (state[line.to] === 'open') back.add(line);
      else if (state[line.to] === 'new') {
        state[line.to] = 'open';
        path.push({ box: line.to, next: 0 });
      }
    }
  }
  return back;
}

/** A row below all that lead to it; what nothing leads to stands just above what it leads to. */
function rowsOf(count: number, lines: readonly Line[], first: readonly number[]): number[] {
  const out = outgoing(count, lines);
  const rows = new Array<number>(count).fill(0);
  const waiting = new Array<number>(count).fill(0);
  for (const { to } of lines) waiting[to] = (waiting[to] ?? 0) + 1;
  const sources = range(0, count - 1).filter((box) => waiting[box] === 0);
  const ready = [...sources];
  for (let box = ready.pop(); box !== undefined; box = ready.pop()) {
    for (const { to } of out[box] ?? []) {
      rows[to] = Math.max(rows[to] ?? 0, (rows[box] ?? 0) + 1);
      waiting[to] = (waiting[to] ?? 0) - 1;
      if (waiting[to] === 0) ready.push(to);
    }
  }
  for (const box of sources) {
    const below = (out[box] ?? []).map(({ to }) => rows[to] ?? 0);
    if (box !== first[0] && below.length > 0) rows[box] = Math.min(...below) - 1;
  }
  return rows;
}

function outgoing(count: number, lines: readonly Line[]): Line[][] {
  const out: Line[][] = Array.from({ length: count }, () => []);
  for (const line of lines) out[line.from]?.push(line);
  return out;
}

/** Whole numbers from one to another, both included; none when the second is less. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
