import { type Covered, type FlowCoverage, share, split } from './coverage.ts';

/** A table with a line for each flow, and what was left aside with its line in the file. */
export function coverageTable(flows: readonly FlowCoverage[]): string {
  const rows = flows.map((flow) => {
    const { steps, exits } = split(flow);
    return [flow.flow, ratio(steps), ratio(exits)];
  });
  const all = flows.flatMap(({ items }) => items);
  const total = { flow: 'all', file: '', items: all };
  rows.push(['all', ratio(split(total).steps), ratio(split(total).exits)]);
  const head = ['flow', 'steps', 'exits and choices'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const missing = flows.flatMap(({ file, items }) =>
    items.filter(({ hits }) => hits === 0).map((item) => `  ${file}:${item.line}  ${nameOf(item)}`),
  );
  return [line(head), ...rows.map(line), ...(missing.length > 0 ? ['never taken:', ...missing] : [])].join('\n');
}

function ratio(items: readonly Covered[]): string {
  const { hit, all, percent } = share(items);
  return `${hit}/${all} ${percent} %`;
}

export function nameOf({ kind, step, exit }: Covered): string {
  if (kind === 'step') return step;
  return kind === 'handler' ? (exit ?? '') : `${step}:${exit}`;
}

/** The tracefile format of lcov: lines are those of steps and exits in the YAML, branches the exits. */
export function lcovOf(flows: readonly FlowCoverage[], folder: string): string {
  return flows.map((flow) => lcovRecord(flow, folder)).join('');
}

function lcovRecord(flow: FlowCoverage, folder: string): string {
  const { exits } = split(flow);
  const lines = new Map<number, number>();
  for (const { line, hits } of flow.items) lines.set(line, Math.max(lines.get(line) ?? 0, hits));
  const blocks = new Map<string, number>();
  const branches = exits.map((item) => {
    const block = item.step === '' ? '(flow)' : item.step;
    if (!blocks.has(block)) blocks.set(block, blocks.size);
    return `BRDA:${item.line},${blocks.get(block)},${nameOf(item).replaceAll(',', ' ')},${item.hits === 0 ? '-' : item.hits}`;
  });
  return [
    'TN:',
    `SF:${folder}/${flow.file}`,
    ...branches,
    `BRF:${exits.length}`,
    `BRH:${exits.filter(({ hits }) => hits > 0).length}`,
    ...[...lines].sort(([a], [b]) => a - b).map(([line, hits]) => `DA:${line},${hits}`),
    `LF:${lines.size}`,
    `LH:${[...lines.values()].filter((hits) => hits > 0).length}`,
    'end_of_record',
    '',
  ].join('\n');
}

/** The file itself, with how often each of its lines was gone through: `✗` never, nothing where nothing can be. */
export function annotated(source: string, { items }: FlowCoverage): string {
  const hits = new Map<number, { most: number; missed: boolean }>();
  for (const item of items) {
    const line = hits.get(item.line) ?? { most: 0, missed: false };
    hits.set(item.line, { most: Math.max(line.most, item.hits), missed: line.missed || item.hits === 0 });
  }
  return source
    .replace(/\n$/, '')
    .split('\n')
    .map((text, index) => {
      const line = hits.get(index + 1);
      const gutter = line === undefined ? '' : line.most === 0 ? '✗' : `${line.most}${line.missed ? '✗' : ''}`;
      return `${gutter.padStart(7)} │ ${text}`;
    })
    .join('\n');
}
