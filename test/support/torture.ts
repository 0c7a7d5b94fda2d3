import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const FOLDER = join(import.meta.dirname, '../fixtures/sip-torture');

/** A message of RFC 4475 and what is to come of it. */
export interface TortureMessage {
  file: string;
  section: string;
  /** `accept`: handed on; `drop`: no answer; a number: the status a request is answered. */
  verdict: 'accept' | 'drop' | number;
  why: string;
  bytes: Buffer;
}

/** All torture messages, in the order of the RFC. */
export function tortureMessages(): TortureMessage[] {
  const index = parse(readFileSync(join(FOLDER, 'index.yaml'), 'utf8')) as Omit<TortureMessage, 'bytes'>[];
  return index.map((entry) => ({ ...entry, bytes: readFileSync(join(FOLDER, entry.file)) }));
}
