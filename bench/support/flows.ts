import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toneWav } from '../../test/support/tones.ts';

/**
 * Writes the folders of a site that does the benchmark's work: number 2000 answers, plays one prompt to its end (a digit
 * pressed meanwhile is kept), takes the digit, plays another prompt and hangs up.
 */
export function writeBenchFlows(folder: string, options: { promptSeconds: number[]; record: boolean }): void {
  const prompts = join(folder, 'flows', 'prompts');
  mkdirSync(prompts, { recursive: true });
  mkdirSync(join(folder, 'sip'), { recursive: true });
  options.promptSeconds.forEach((seconds, index) => {
    writeFileSync(join(prompts, `tone${index}.wav`), toneWav(300 + 100 * index, seconds * 1_000));
  });
  writeFileSync(join(folder, 'flows', 'bench.yaml'), FLOW);
  const record = options.record ? ', record: call' : '';
  writeFileSync(join(folder, 'sip', 'numbers.yaml'), `version: 1\nnumbers:\n  "2000": { flow: bench${record} }\n`);
  writeFileSync(join(folder, 'sip', 'trunks.yaml'), 'version: 1\ntrunks:\n  local: { from: [127.0.0.0/8] }\n');
}

const FLOW = `flow: bench
version: 1
title: { en: Benchmark }
languages: [en]
defaults: { timeout: 5s, retries: 0, bargeIn: match }
start: first
steps:
  first:
    play: tone0
    next: digit
  digit:
    collect: { prompt: [{ silence: 20ms }], digits: 1, into: pressed }
    next: second
    noInput: lost
  second:
    play: tone1
    next: end
  end:
    hangup: {}
  # A digit that got lost makes the call longer than the benchmark's caller waits, and so it counts as failed.
  lost:
    say: [{ silence: 60s }]
    next: end
`;
