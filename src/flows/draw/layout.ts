import { type Layers, layersOf, type Route } from './layers.ts';
import { fitting, widthOf } from './measure.ts';
import { orderOf } from './order.ts';
import type { Box, Line, Picture } from './picture.ts';
import { placeRow } from './place.ts';

/** Sizes in pixels; widths of characters as an average font has them. */
export const SIZES = {
  ...{ name: 9.2, verb: 6.7, words: 6.7, label: 6.7 },
  ...{ padding: 10, mark: 17, header: 18, line: 17, cell: 19 },
  ...{ laneWidth: 0, apart: 20, margin: 28 },
} as const;

const MOST = { name: 32, words: 34, label: 24 } as const;
const LEAST_WIDTH = 96;
/** How often everything is moved; large drawings have to be content with less. */
const ROUNDS = { most: 160, least: 8, work: 200_000 } as const;

/** One place at the lower edge of a box where lines leave it. */
export interface Cell {
  /** Its middle, from the middle of the box. */
  offset: number;
  width: number;
  text: string;
  /** Absent: these exits end the call. */
  line?: Line;
}

export interface DrawnBox {
  box: Box;
  /** Left and upper corner. */
  x: number;
  y: number;
  width: number;
  height: number;
  name: string;
  words: string;
  cells: Cell[];
  /** Where nothing is to be told of the way out, its cell is not shown. */
  showsCells: boolean;
}

export interface Drawing {
  width: number;
  height: number;
  boxes: DrawnBox[];
  routes: DrawnRoute[];
  rows: { top: number; bottom: number }[];
}

export interface DrawnRoute extends Pick<Route, 'line' | 'back'> {
  /** Where it leaves, where it goes by the boxes of rows, and where it arrives; rows by index. */
  points: { x: number; row: number }[];
}

/** Where everything stands. */
export function layoutOf({ boxes, lines }: Picture): Drawing {
  const first = boxes.flatMap(({ marks }, index) => marks.map((mark) => ({ mark, index })));
  first.sort((a, b) => Number(b.mark === 'start') - Number(a.mark === 'start'));
  const layers = layersOf(
    boxes.length,
    lines,
    first.map(({ index }) => index),
  );
  const drawn = boxes.map((box, index) =>
    sized(
      box,
      lines.filter(({ from }) => from === index),
    ),
  );
  const xs = columns(layers, orderOf(layers), drawn);
  const rows = stacked(layers, drawn);
  const edges = layers.spots.map((spot, index) => {
    const half = widthOfSpot(spot.box, drawn) / 2;
    return { left: (xs[index] ?? 0) - half, right: (xs[index] ?? 0) + half };
  });
  const left = edges.reduce((least, edge) => Math.min(least, edge.left), Number.POSITIVE_INFINITY);
  const right = edges.reduce((most, edge) => Math.max(most, edge.right), Number.NEGATIVE_INFINITY);
  const shift = SIZES.margin - left;
  for (const [index, one] of drawn.entries()) {
    one.x = (xs[index] ?? 0) + shift - one.width / 2;
    one.y = rows[layers.spots[index]?.row ?? 0]?.top ?? 0;
  }
  return {
    width: right + shift + SIZES.margin,
    height: (rows.at(-1)?.bottom ?? 0) + SIZES.margin * 2,
    boxes: drawn,
    routes: layers.routes.map((route) => drawnRoute(route, layers, xs, drawn, shift)),
    rows,
  };
}

function drawnRoute(
  route: Route,
  { spots }: Layers,
  xs: readonly number[],
  boxes: readonly DrawnBox[],
  shift: number,
): DrawnRoute {
  const { line, back, bends } = route;
  const at = (spot: number, offset = 0) => ({ x: (xs[spot] ?? 0) + shift + offset, row: spots[spot]?.row ?? 0 });
  const points = [at(line.from, cellOffset(boxes, line)), ...bends.map((bend) => at(bend)), at(line.to)];
  const [arrival, before] = [points.at(-1), points.at(-2)];
  // A line back comes from above like those that lead down, and arrives beside them.
  if (back && arrival && before) arrival.x += before.x < arrival.x ? -14 : 14;
  return { line, back, points };
}

function cellOffset(boxes: readonly DrawnBox[], line: Line): number {
  return boxes[line.from]?.cells.find((cell) => cell.line === line)?.offset ?? 0;
}

function sized(box: Box, lines: readonly Line[]): DrawnBox {
  const name = fitting(box.name, MOST.name);
  const words = fitting(box.words, MOST.words);
  const out = lines.map((line): Cell => cell(line.labels.join(' '), line));
  const isEnd = !lines.some(({ kind }) => kind === 'exit');
  const cells = [...out, ...(isEnd || box.ends.length === 0 ? [] : [cell(`${box.ends.join(' ')} ■`)])];
  const showsCells = cells.length > 1 || (cells[0] !== undefined && cells[0].text !== 'next');
  const cellsWidth = cells.reduce((sum, { width }) => sum + width, 0);
  const width = Math.max(
    LEAST_WIDTH,
    widthOf(name) * SIZES.name + widthOf(box.verb) * SIZES.verb + 3 * SIZES.padding,
    widthOf(words) * SIZES.words + 2 * SIZES.padding,
    box.marks.reduce((sum, mark) => sum + markWidth(mark) + 6, 2 * SIZES.padding),
    showsCells ? cellsWidth + SIZES.padding : 0,
  );
  const height =
    SIZES.padding +
    (box.marks.length > 0 ? SIZES.mark : 0) +
    SIZES.header +
    (words === '' ? 0 : SIZES.line) +
    (showsCells ? SIZES.cell : 0);
  return { box, x: 0, y: 0, width, height, name, words, cells, showsCells };
}

export function markWidth(mark: string): number {
  return widthOf(mark) * SIZES.label + 12;
}

function cell(label: string, line?: Line): Cell {
  const text = fitting(label, MOST.label);
  return { offset: 0, width: Math.max(24, widthOf(text) * SIZES.label + 12), text, ...(line && { line }) };
}

function widthOfSpot(box: number | undefined, boxes: readonly DrawnBox[]): number {
  return box === undefined ? SIZES.laneWidth : (boxes[box]?.width ?? 0);
}

/** Something that draws a spot to where it stands. */
interface Pull {
  to: number;
  weight: number;
  /** The line whose cell the one end is; the cell is beside the middle of its box, on this side for the one that is drawn. */
  cell?: { line: Line; side: 1 | -1 };
}

/** The middles of all spots: each goes to the middle of its neighbours, as far as its row has room, again and again. */
function columns(layers: Layers, order: readonly (readonly number[])[], boxes: readonly DrawnBox[]): number[] {
  const { spots, routes } = layers;
  const xs = new Array<number>(spots.length).fill(0);
  const upwards = [...order].reverse();
  const pulls = pullsOf(layers);
  const weights = pulls.map((own) => own.reduce((sum, { weight }) => sum + weight, 1));
  const settle = (rows: readonly (readonly number[])[], wish: (spot: number) => number) => {
    for (const row of rows) {
      const things = row.map((spot) => {
        return { width: widthOfSpot(spots[spot]?.box, boxes), wanted: wish(spot), weight: weights[spot] ?? 1 };
      });
      for (const [index, x] of placeRow(things, SIZES.apart).entries()) xs[row[index] ?? 0] = x;
    }
  };
  settle(order, () => 0);
  const size = pulls.reduce((sum, own) => sum + own.length, 1);
  const rounds = Math.max(ROUNDS.least, Math.min(ROUNDS.most, 2 * Math.floor(ROUNDS.work / size)));
  for (let round = 0; round < rounds; round += 1) {
    // Where lines leave a box is settled on the way, when it is known where they lead.
    if (round % 10 === 0) arrangeAll(boxes, routes, xs);
    // Lanes are made straight once it is known where they lead.
    const lanes = round < rounds / 2 ? undefined : middlesOfLanes(layers, pulls, xs, boxes);
    settle(round % 2 === 0 ? order : upwards, (spot) => {
      const lane = spots[spot]?.lane;
      const straight = lane === undefined ? undefined : lanes?.[lane];
      return straight ?? middleOf(pulls[spot] ?? [], xs, boxes) ?? xs[spot] ?? 0;
    });
  }
  return xs;
}

/** The middle of all that a lane comes from and leads to. */
function middlesOfLanes(
  { spots }: Layers,
  pulls: readonly Pull[][],
  xs: readonly number[],
  boxes: readonly DrawnBox[],
): number[] {
  const ends: Pull[][] = [];
  for (const [index, { lane }] of spots.entries()) {
    if (lane === undefined) continue;
    ends[lane] ??= [];
    ends[lane].push(...(pulls[index] ?? []).filter(({ to }) => spots[to]?.lane !== lane));
  }
  return ends.map((own) => middleOf(own, xs, boxes) ?? 0);
}

function pullsOf({ spots, routes }: Layers): Pull[][] {
  const pulls: Pull[][] = spots.map(() => []);
  const isBend = (spot: number) => spots[spot]?.box === undefined;
  for (const { line, bends } of routes) {
    const way = [line.from, ...bends, line.to];
    for (let index = 1; index < way.length; index += 1) {
      const [from, to] = [way[index - 1] ?? 0, way[index] ?? 0];
      const weight = 1 + [from, to].filter(isBend).length;
      const isFirst = index === 1;
      pulls[from]?.push({ to, weight, ...(isFirst && { cell: { line, side: -1 } }) });
      pulls[to]?.push({ to: from, weight, ...(isFirst && { cell: { line, side: 1 } }) });
    }
  }
  return pulls;
}

function middleOf(pulls: readonly Pull[], xs: readonly number[], boxes: readonly DrawnBox[]): number | undefined {
  let sum = 0;
  let whole = 0;
  for (const { to, weight, cell } of pulls) {
    sum += weight * ((xs[to] ?? 0) + (cell ? cell.side * cellOffset(boxes, cell.line) : 0));
    whole += weight;
  }
  return whole === 0 ? undefined : sum / whole;
}

/** The cells of each box in the order of where their lines lead; those that lead nowhere come last. */
function arrangeAll(boxes: readonly DrawnBox[], routes: readonly Route[], xs: readonly number[]): void {
  const target = new Map(routes.map(({ line, bends }) => [line, xs[bends[0] ?? line.to] ?? 0]));
  const leadsTo = ({ line }: Cell) => (line && target.get(line)) ?? Number.MAX_VALUE;
  for (const box of boxes) {
    box.cells.sort((a, b) => leadsTo(a) - leadsTo(b));
    spread(box);
  }
}

/** Over the whole width of the box, or close together where they are not shown. */
function spread({ cells, width, showsCells }: DrawnBox): void {
  const total = cells.reduce((sum, cell) => sum + cell.width, 0);
  const spare = showsCells ? (width - total) / Math.max(1, cells.length) : 0;
  let left = showsCells ? -width / 2 : -total / 2;
  for (const cell of cells) {
    cell.offset = left + (cell.width + spare) / 2;
    left += cell.width + spare;
  }
}

/** The rows from top to bottom, as high as their highest box, with more room between where more lines turn. */
function stacked(layers: Layers, boxes: readonly DrawnBox[]): { top: number; bottom: number }[] {
  const heights = new Array<number>(layers.rows).fill(0);
  const turns = new Array<number>(layers.rows).fill(0);
  for (const [index, { height }] of boxes.entries()) {
    const row = layers.spots[index]?.row ?? 0;
    heights[row] = Math.max(heights[row] ?? 0, height);
  }
  for (const [from] of layers.down) {
    const row = layers.spots[from]?.row ?? 0;
    turns[row] = (turns[row] ?? 0) + 1;
  }
  let top = SIZES.margin * 2.5;
  return heights.map((height, row) => {
    const bottom = top + height;
    const placed = { top, bottom };
    top = bottom + 46 + Math.min(50, (turns[row] ?? 0) * 2.5);
    return placed;
  });
}
