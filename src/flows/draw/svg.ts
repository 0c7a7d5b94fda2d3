import { type Cell, type Drawing, type DrawnBox, type DrawnRoute, layoutOf, markWidth, SIZES } from './layout.ts';
import type { Picture } from './picture.ts';

const STYLE = `
text{font:12px system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif;fill:#1d2733}
.title{font-size:15px;font-weight:600}
.name{font-weight:600;font-size:13px}
.verb,.label,.mark{font:11px ui-monospace,"DejaVu Sans Mono",monospace}
.verb{fill:#5b6775}
.words{fill:#3d4a58}
.box{fill:#fff;stroke:#9aa7b4}
.end{fill:#eef1f4}
.flow{fill:#e8f4f2;stroke:#3b8f82}
.cells{stroke:#d5dce3}
.line{fill:none;stroke:#6b7885;stroke-width:1.3}
.line.error{stroke:#c0392b;stroke-dasharray:5 3}
.line.flow{stroke:#3b8f82;stroke-dasharray:2 3;fill:none}
.label.error{fill:#c0392b}
.markbox{fill:#2f6fb3}.markbox.handler{fill:#b5533c}
.mark{fill:#fff}
`;

/** The colour at the left of a box, by what its verb is about. */
const COLOURS: readonly (readonly [colour: string, verbs: readonly string[]])[] = [
  ['#3f7fc1', ['say', 'play', 'voicemail', 'wait']],
  ['#8057b8', ['menu', 'collect']],
  ['#c78a1e', ['if', 'switch', 'hours', 'distribute', 'loop', 'set', 'queueStatus']],
  ['#3a9a5b', ['queue', 'transfer', 'callback']],
  ['#3b8f82', ['call', 'goto', 'return']],
  ['#8b96a1', ['hangup', 'reject']],
];
const OTHER_COLOUR = '#6f7f8f';

/** The flow as a drawing that needs nothing else: SVG 1.1, the same bytes for the same flow. */
export function svgOf(picture: Picture): string {
  const drawing = layoutOf(picture);
  const title = `${picture.title} (${picture.name})`;
  const width = Math.max(drawing.width, title.length * 9 + SIZES.margin * 2);
  const size = `${round(width)} ${round(drawing.height)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${round(width)}" height="${round(drawing.height)}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '<defs>',
    ...['exit', 'error', 'flow'].map(arrowHead),
    '</defs>',
    `<rect width="100%" height="100%" fill="#f7f9fb"/>`,
    text('title', SIZES.margin, 30, title),
    ...drawing.routes.map((route) => lineOf(route, drawing, picture)),
    ...drawing.boxes.map(boxOf),
    drawing.boxes.some(({ cells }) => cells.some((cell) => !cell.line))
      ? text('verb', SIZES.margin, drawing.height - 14, '■ the call ends')
      : '',
    '</svg>',
    '',
  ].join('\n');
}

const HEADS: Readonly<Record<string, string>> = { exit: '#6b7885', error: '#c0392b', flow: '#3b8f82' };

function arrowHead(kind: string): string {
  return `<marker id="${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="${HEADS[kind]}"/></marker>`;
}

function boxOf({ box, x, y, width, height, name, words, cells, showsCells }: DrawnBox): string {
  const isEnd = cells.length === 0 && box.kind === 'step';
  const shape = box.kind === 'flow' ? 'box flow' : isEnd ? 'box end' : 'box';
  const colour = COLOURS.find(([, verbs]) => verbs.includes(box.verb))?.[0] ?? OTHER_COLOUR;
  let line = y + SIZES.padding - 4;
  const parts = [
    `<rect class="${shape}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${isEnd ? 14 : 5}"/>`,
    box.kind === 'flow'
      ? `<path class="box flow" d="M${round(x + 5)} ${round(y)}v${round(height)}M${round(x + width - 5)} ${round(y)}v${round(height)}"/>`
      : isEnd
        ? ''
        : `<rect x="${round(x)}" y="${round(y + 4)}" width="4" height="${round(height - 8)}" fill="${colour}"/>`,
  ];
  if (box.marks.length > 0) {
    parts.push(...marksOf(box.marks, x + SIZES.padding, line + 1));
    line += SIZES.mark;
  }
  parts.push(text('name', x + SIZES.padding, line + 15, name));
  parts.push(text('verb', x + width - SIZES.padding, line + 15, box.verb, 'end'));
  line += SIZES.header;
  if (words !== '') parts.push(text('words', x + SIZES.padding, line + 13, words));
  if (showsCells) parts.push(...cellsOf(cells, x, y, width, height));
  const ends = box.ends.length === 0 ? '' : ` data-ends="${listed(box.ends)}"`;
  const full = [box.name, box.verb, box.words].filter((part) => part !== '').join(' · ');
  return `<g data-${box.kind}="${escaped(box.name)}"${ends}><title>${escaped(full)}</title>${parts.join('')}</g>`;
}

function marksOf(marks: readonly string[], x: number, y: number): string[] {
  let left = x;
  return marks.map((mark) => {
    const width = markWidth(mark);
    const at = left;
    left += width + 6;
    const shape = mark === 'start' ? 'markbox' : 'markbox handler';
    return `<rect class="${shape}" x="${round(at)}" y="${round(y)}" width="${round(width)}" height="15" rx="7.5"/>${text('mark', at + width / 2, y + 11, mark, 'middle')}`;
  });
}

function cellsOf(cells: readonly Cell[], x: number, y: number, width: number, height: number): string[] {
  const top = y + height - SIZES.cell;
  const middle = x + width / 2;
  const parts = [`<path class="cells" d="M${round(x + 4)} ${round(top)}h${round(width - 4)}"/>`];
  for (const [index, { offset, text: label, line }] of cells.entries()) {
    const next = cells[index + 1];
    if (next) {
      const between = middle + (offset + next.offset + ((cells[index]?.width ?? 0) - next.width) / 2) / 2;
      parts.push(`<path class="cells" d="M${round(between)} ${round(top)}v${SIZES.cell}"/>`);
    }
    const shape = line?.kind === 'error' ? 'label error' : 'label';
    parts.push(text(shape, middle + offset, top + 13, label, 'middle'));
  }
  return parts;
}

/** Down between rows in curves, straight past the boxes of a row; a line back turns round below its box and above the other. */
function lineOf({ line, back, points }: DrawnRoute, { boxes, rows }: Drawing, { boxes: all }: Picture): string {
  const [first, ...others] = points;
  const source = boxes[line.from];
  if (!first || !source) return '';
  const bottomOf = (row: number) => rows[row]?.bottom ?? 0;
  const topOf = (row: number) => rows[row]?.top ?? 0;
  let at = { x: first.x, y: bottomOf(first.row) };
  const way = [`M${pair(first.x, source.y + source.height)}`, `L${pair(at.x, at.y)}`];
  for (const [index, { x, row }] of others.entries()) {
    const isLast = index === others.length - 1;
    const enter = { x, y: back && !isLast ? bottomOf(row) : topOf(row) };
    const turn = enter.y === at.y ? (back && isLast ? -34 : 34) : (enter.y - at.y) / 2;
    const bend = enter.y === at.y ? enter.y + turn : at.y + turn;
    way.push(`C${pair(at.x, bend)} ${pair(enter.x, bend)} ${pair(enter.x, enter.y)}`);
    at = enter;
    if (isLast) continue;
    at = { x, y: back ? topOf(row) : bottomOf(row) };
    way.push(`L${pair(at.x, at.y)}`);
  }
  const [from, to] = [all[line.from]?.name ?? '', all[line.to]?.name ?? ''];
  const data = `data-from="${escaped(from)}" data-to="${escaped(to)}" data-exits="${listed(line.labels)}"`;
  const told = escaped(`${from}: ${line.labels.join(', ')} → ${to}`);
  return `<path class="line ${line.kind}" ${data} d="${way.join('')}" marker-end="url(#${line.kind})"><title>${told}</title></path>`;
}

/** Names for programs that read the drawing, as JSON. */
function listed(names: readonly string[]): string {
  return escaped(JSON.stringify(names));
}

function text(kind: string, x: number, y: number, words: string, anchor = 'start'): string {
  const side = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return words === '' ? '' : `<text class="${kind}" x="${round(x)}" y="${round(y)}"${side}>${escaped(words)}</text>`;
}

function pair(x: number, y: number): string {
  return `${round(x)} ${round(y)}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10 + 0;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for XML; characters that XML 1.0 cannot hold are left out. */
function escaped(words: string): string {
  return words
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
