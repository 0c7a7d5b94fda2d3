import { withCase } from '../test/write-case.ts';
import type { Explored } from './explore.ts';

/** What a person reads of an exploration. */
export function exploredInWords(explored: Explored): string {
  const { flow, states, choices, ends, isCut, unwalked, findings, unproved } = explored;
  const reasons = Object.entries(ends).map(([reason, count]) => `${count} ${reason}`);
  const cut = isCut ? '; there is more, beyond --depth or --max-states' : '';
  const lines = [
    `${flow}: ${states} states, ${choices} ways between them; ends: ${reasons.join(', ') || 'none'}${cut}`,
  ];
  if (unwalked.length > 0) lines.push(`  never gone through: ${unwalked.join(', ')}`);
  for (const { kind, place, text, path, more } of findings) {
    lines.push(`✗ ${kind} at ${place}: ${text}${more === 0 ? '' : ` (and ${more} more such states)`}`);
    lines.push(`    ${path.join(' ')}`);
  }
  for (const one of unproved) lines.push(`? not repeated by a test: ${one}`);
  return `${lines.join('\n')}\n`;
}

/** The text of a test file in which each finding is a case that fails until it is mended; undefined when there is none. */
export function casesIn({ flow, findings }: Explored): string | undefined {
  let text: string | undefined;
  for (const { text: sentence, path, source } of findings)
    text = withCase(text, flow, source, `${sentence}\n${path.join(' ')}`);
  return text;
}
