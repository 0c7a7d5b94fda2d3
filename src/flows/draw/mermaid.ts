import { fitting } from './measure.ts';
import type { Box, Line, Picture } from './picture.ts';

const MOST_WORDS = 48;

/** The flow as a flowchart for Mermaid, which GitHub and many editors draw. */
export function mermaidOf({ name, title, boxes, lines }: Picture): string {
  const marks = boxes.flatMap((box, to) => box.marks.map((mark) => ({ mark, to })));
  const ends = boxes.flatMap((box, from) => (box.ends.length > 0 && !endsOnly(from, lines) ? [{ box, from }] : []));
  return [
    '---',
    // Quoted as JSON is, which YAML reads. There are no codes for characters here.
    `title: ${JSON.stringify(`${title} (${name})`.replace(/[<>]/g, ' '))}`,
    '---',
    'flowchart TD',
    ...boxes.map((box, index) => `  n${index}${shaped(box, endsOnly(index, lines))}`),
    ...marks.map(
      ({ mark, to }, index) => `  m${index}(("${escaped(mark)}")) ${mark === 'start' ? '-->' : '-.->'} n${to}`,
    ),
    ...lines.map(
      ({ from, to, kind, labels }) => `  n${from} ${kind === 'exit' ? '-->' : '-.->'}|"${listed(labels)}"| n${to}`,
    ),
    ...ends.map(({ box, from }, index) => `  n${from} -->|"${listed(box.ends)}"| e${index}(("■"))`),
    '',
  ].join('\n');
}

function endsOnly(index: number, lines: readonly Line[]): boolean {
  return !lines.some(({ from, kind }) => from === index && kind === 'exit');
}

function shaped(box: Box, isEnd: boolean): string {
  if (box.kind === 'flow') return `[["${escaped(box.name)}"]]`;
  const text = [
    `<b>${escaped(box.name)}</b> ${escaped(box.verb)}`,
    ...(box.words === '' ? [] : [escaped(fitting(box.words, MOST_WORDS))]),
  ];
  const label = `"${text.join('<br/>')}"`;
  return isEnd ? `([${label}])` : `[${label}]`;
}

function listed(labels: readonly string[]): string {
  return labels.map(escaped).join(', ');
}

/** Only letters, digits and harmless signs stay as they are; nothing else can end a label, become a tag or begin a list (`1.`). */
function escaped(text: string): string {
  return text.replace(
    /[^\p{L}\p{M}\p{N} .,:!?_…、。，：！？]|(?<=\d)\./gu,
    (character) => `#${character.codePointAt(0)};`,
  );
}
