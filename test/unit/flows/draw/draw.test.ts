import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DrawnBox, layoutOf } from '../../../../src/flows/draw/layout.ts';
import { fitting, widthOf } from '../../../../src/flows/draw/measure.ts';
import { mermaidOf } from '../../../../src/flows/draw/mermaid.ts';
import { pictureOf } from '../../../../src/flows/draw/picture.ts';
import { svgOf } from '../../../../src/flows/draw/svg.ts';
import type { Flow } from '../../../../src/flows/language/flow.ts';
import { loadFlow } from '../../../../src/flows/language/load.ts';
import { seeded } from '../../../fuzz/mutate.ts';
import { flowOf, flowWith } from '../../../support/flow-call.ts';
import { randomFlow } from '../../../support/random-flow.ts';
import { readXml, type XmlTag } from './well-formed.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** Any flow, of every verb, with the flows it calls. */
const anyFlow = fc.integer({ min: 0, max: 2 ** 31 }).map((seed) => randomFlow(seeded(seed)));

/** `step exit → step` of everything that leads anywhere, as the engine goes. */
function waysOf({ steps }: Flow): string[] {
  return [...steps.values()]
    .flatMap(({ name, verb, exits, onError, traits }) => [
      ...Object.entries(exits).map(([exit, to]) => `${name} ${exit} → ${to ?? '■'}`),
      ...(onError === undefined ? [] : [`${name} error → ${onError}`]),
      ...(traits.calls ? [`${name} ${verb} → ${traits.calls.flow}`] : []),
    ])
    .sort();
}

function waysDrawn(tags: readonly XmlTag[]): string[] {
  const names = (json: string | undefined) => JSON.parse(json ?? '[]') as string[];
  return tags
    .flatMap(({ attributes: one }) => [
      ...names(one['data-exits']).map((exit) => `${one['data-from']} ${exit} → ${one['data-to']}`),
      ...names(one['data-ends']).map((exit) => `${one['data-step']} ${exit} → ■`),
    ])
    .sort();
}

it('[F140] [F143] every step and every exit of any flow is drawn once, in well-formed SVG', () => {
  fc.assert(
    fc.property(anyFlow, (flow) => {
      const tags = readXml(svgOf(pictureOf(flow)));
      const steps = tags.flatMap(({ attributes }) => attributes['data-step'] ?? []);
      expect(steps).toEqual([...flow.steps.keys()]);
      expect(waysDrawn(tags)).toEqual(waysOf(flow));
    }),
    { numRuns: 150 },
  );
});

it('[F143] no box overlaps another, no line runs through a box, and all stand within the drawing', () => {
  fc.assert(
    fc.property(anyFlow, (flow) => {
      const { boxes, routes, rows, width, height } = layoutOf(pictureOf(flow));
      const apart = (a: DrawnBox, b: DrawnBox) =>
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      const inside = ({ x, y, width: w, height: h }: DrawnBox) => x >= 0 && y >= 0 && x + w <= width && y + h <= height;
      expect(boxes.filter((box) => !inside(box))).toEqual([]);
      expect(boxes.flatMap((a, index) => boxes.slice(index + 1).filter((b) => !apart(a, b)))).toEqual([]);
      // Lines curve between the rows alone, and go straight down or up within them.
      for (const [index, { top }] of rows.entries()) expect(top - (rows[index - 1]?.bottom ?? 0)).toBeGreaterThan(40);
      const through = routes.flatMap(({ points }) =>
        points
          .slice(1, -1)
          .flatMap(({ x, row }) =>
            boxes.filter((box) => box.y === rows[row]?.top && x > box.x && x < box.x + box.width),
          ),
      );
      expect(through).toEqual([]);
    }),
    { numRuns: 150 },
  );
});

it('[F140] the cells of a box stand side by side within it', () => {
  fc.assert(
    fc.property(anyFlow, (flow) => {
      for (const { cells, width, showsCells } of layoutOf(pictureOf(flow)).boxes) {
        let left = -width / 2 - 0.01;
        for (const cell of showsCells ? cells : []) {
          expect(cell.offset - cell.width / 2).toBeGreaterThanOrEqual(left);
          left = cell.offset + cell.width / 2 - 0.01;
        }
        expect(left).toBeLessThanOrEqual(width / 2);
      }
    }),
    { numRuns: 100 },
  );
});

const EXAMPLES = readdirSync(join(ROOT, 'ivr-flows')).filter((file) => /^(?!services).*(?<!\.test)\.yaml$/.test(file));

it.each(EXAMPLES)('[F140] [F143] the example %s, whose queues and flows need not be there', (file) => {
  const loaded = loadFlow(readFileSync(join(ROOT, 'ivr-flows', file), 'utf8'), file);
  if (!loaded.ok) throw new Error(file);
  expect(waysDrawn(readXml(svgOf(pictureOf(loaded.flow))))).toEqual(waysOf(loaded.flow));
});

it('[F142] the same flow gives the same bytes, also when it is read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const draw = () => {
        const picture = pictureOf(randomFlow(seeded(seed)));
        return svgOf(picture) + mermaidOf(picture);
      };
      expect(draw()).toBe(draw());
    }),
    { numRuns: 30 },
  );
});

/** What a line of ours in Mermaid looks like: labels hold letters, digits, harmless signs, and codes of all others. */
const LABEL = '"(?:[\\p{L}\\p{M}\\p{N} .,:!?_…、。，：！？]|#\\d+;|<b>|</b>|<br/>|■)*"';
const MERMAID_LINE = new RegExp(
  [
    `^  n\\d+(?:\\[${LABEL}\\]|\\(\\[${LABEL}\\]\\)|\\[\\[${LABEL}\\]\\])$`,
    `^  m\\d+\\(\\(${LABEL}\\)\\) (?:-->|-\\.->) n\\d+$`,
    `^  n\\d+ (?:-->|-\\.->)\\|${LABEL}\\| (?:n\\d+|e\\d+\\(\\(${LABEL}\\)\\))$`,
  ].join('|'),
  'u',
);

describe('hostile names and texts', () => {
  const HOSTILE = [
    '"]; click n0 call alert() %%{init: {}}%%',
    '</text><script>alert(1)</script>',
    ']]>--><!-- & &amp; <b onmouseover=x>',
    '`**bold**` #35; #quot;',
    'end\nsubgraph x',
    '1. one',
    "' onload='x",
    '\u0007\ufffe\ud800 {{ "{{" }}',
    '𝕏 😀 中文字',
  ];
  const flow = (text: string) => {
    const quoted = JSON.stringify(text);
    return flowWith(
      `  one: { say: ${quoted}, next: two }
  two: { switch: s, cases: { ${quoted}: end, other: one }, else: end }`,
      `title: ${quoted}\nvars: { s: "" }`,
    );
  };

  it.each(HOSTILE)('[F143] %j stays text in SVG', (text) => {
    const tags = readXml(svgOf(pictureOf(flow(text))));
    expect(new Set(tags.map(({ name }) => name))).toEqual(
      new Set(['svg', 'title', 'style', 'defs', 'marker', 'path', 'rect', 'text', 'g']),
    );
    const keys = tags.flatMap(({ attributes }) => Object.keys(attributes));
    expect(keys.filter((key) => /^on|href/.test(key))).toEqual([]);
  });

  it.each(HOSTILE)('[F144] %j stays a label in Mermaid', (text) => {
    const lines = mermaidOf(pictureOf(flow(text))).split('\n');
    expect(lines.slice(0, 4)).toEqual(['---', expect.stringMatching(/^title: "[^<>]*"$/), '---', 'flowchart TD']);
    for (const line of lines.slice(4, -1)) expect(line).toMatch(MERMAID_LINE);
  });

  it('[F144] any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), (text) => {
        const drawn = { name: 'f', title: text, boxes: [], lines: [] };
        const boxes = [{ kind: 'step' as const, name: text, verb: text, words: text, marks: [text], ends: [text] }];
        const lines = [{ from: 0, to: 0, kind: 'exit' as const, labels: [text, text] }];
        const picture = { ...drawn, boxes, lines };
        for (const line of mermaidOf(picture).split('\n').slice(4, -1)) expect(line).toMatch(MERMAID_LINE);
        readXml(svgOf(picture));
      }),
      { numRuns: 500 },
    );
  });
});

it('[F140] [F141] what a step says first, in the first language; who comes there anyhow; what ends the call', () => {
  const flow = flowOf(`flow: small
version: 1
languages: [zh, en]
start: one
on: { error: bye, hangup: end, maxDuration: { after: 5m, then: bye } }
steps:
  one: { say: [{ silence: 1s }, { text: { en: Hello, zh: "你好，{{ caller.name }}" } }], next: two, onError: bye }
  two: { transfer: { number: "+49301" }, onNoAnswer: bye }
  bye: { play: bye, next: end }
  end: { hangup: {} }
`);
  const { boxes, lines } = pictureOf(flow);
  expect(boxes.map(({ words }) => words)).toEqual(['你好，{{ caller.name }}', 'number: +49301', '♪ bye', '']);
  expect(boxes.map(({ marks }) => marks)).toEqual([['start'], [], ['on.error', 'on.maxDuration'], ['on.hangup']]);
  expect(boxes.map(({ ends }) => ends)).toEqual([[], ['ended'], [], ['end']]);
  expect(lines).toContainEqual({ from: 0, to: 2, kind: 'error', labels: ['error'] });
  expect(lines).toContainEqual({ from: 1, to: 2, kind: 'exit', labels: ['noAnswer', 'busy', 'failed'] });
});

it('[F143] Chinese characters take the room of two', () => {
  expect([widthOf('abc'), widthOf('欢迎'), widthOf('，a😀')]).toEqual([3, 4, 5]);
  expect([fitting('欢迎致电', 8), fitting('欢迎致电', 7), fitting('Hello there', 6)]).toEqual([
    '欢迎致电',
    '欢迎致…',
    'Hello…',
  ]);
});

it('[F140] what a step is about is the first plain thing under its verb', () => {
  const about = (body: string) => flowWith(`  one: { ${body} }`, 'vars: { n: 0, s: "" }').steps.get('one')?.about;
  expect([
    about('set: { n: "{{ n + 1 }}", s: x }, next: end'),
    about("if: [{ when: n > 3, then: end }, { when: s == 'a', then: end }], else: end"),
    about('queue: { name: support, priority: 3 }, onTimeout: end'),
    about('http: { get: "crm/a", query: { a: b } }, save: { n: a }, next: end'),
    about('loop: 3, again: one, done: end'),
    about('event: { name: seen, values: { n: "{{ n }}" } }, next: end'),
    about('menu: { prompt: [{ text: Press, language: en }] }, choices: { "1": end }, noInput: end'),
    about('hangup: {}'),
  ]).toEqual(['n: {{ n + 1 }}', 'n > 3', 'support', 'get: crm/a', '3', 'seen', '', '']);
});

describe('parley flow draw', () => {
  const run = async (...args: string[]) => {
    const child = spawn(process.execPath, ['src/cli.ts', 'flow', 'draw', ...args], { cwd: ROOT });
    const [out, err, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { out, err, status };
  };
  const folder = mkdtempSync(join(tmpdir(), 'parley-draw-'));

  it('[F140] draws a file or a flow of the folder, to where it is wanted', async () => {
    const file = join(folder, 'welcome.svg');
    const [svg, mermaid] = await Promise.all([
      run('ivr-flows/welcome.yaml', '--out', file),
      run('welcome', '--format', 'mermaid'),
    ]);
    expect([svg.status, svg.out, mermaid.status]).toEqual([0, '', 0]);
    expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(ROOT, 'docs/images/welcome.svg'), 'utf8'));
    expect(mermaid.out).toContain('n1 -->|"noInput, noMatch"| n8');
  });

  it('[F140] tells the mistakes of a flow instead, and says what it does not know', async () => {
    const broken = join(folder, 'broken.yaml');
    writeFileSync(broken, 'flow: broken\nversion: 1\nstart: one\nsteps:\n  one: { say: Hello, next: nowhere }\n');
    const [told, unknown, png, nothing] = await Promise.all([
      run(broken),
      run('welcom'),
      run('welcome', '--format', 'png'),
      run(),
    ]);
    expect([told.status, told.out]).toEqual([1, '']);
    expect(told.err).toContain('broken.yaml:5:28 target.unknown There is no step "nowhere"');
    expect(unknown.err).toContain('did you mean welcome?');
    expect([unknown.status, png.status, nothing.status]).toEqual([1, 2, 2]);
  });
});
