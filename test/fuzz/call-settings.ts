import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digitIn, readInvite } from '../../src/adapters/drachtio/read-invite.ts';
import { readRange } from '../../src/calls/address-range.ts';
import { loadNumbers } from '../../src/calls/numbers.ts';
import { loadTrunks, trunkOf, wayOut } from '../../src/calls/trunks.ts';
import type { FlowError } from '../../src/flows/language/errors.ts';
import { loadQueue } from '../../src/queues/queue-settings.ts';
import { mutate, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const root = join(import.meta.dirname, '../..');
const files = ['sip-config/numbers.yaml', 'sip-config/trunks.yaml', 'ivr-flows/queues/support.yaml'].map((file) =>
  readFileSync(join(root, file)),
);
files.push(
  Buffer.from(
    'trunks:\n  out:\n    to: sip.example.com:5060\n    dial: ["+49*", "110"]\n    callerId: "+4930111"\n    auth: { user: u, password: "{{ secret.P }}" }\n    maxCalls: 3\n',
  ),
);
const words = [
  '"1000": ',
  '1000: ',
  '__proto__: ',
  'from: [',
  '10.0.0.0/8',
  '::1',
  '20s',
  '- ',
  '&a',
  '*a',
  '<<: *a',
  '{{',
  '\t',
].map((word) => Buffer.from(word));
const headers = [
  '"Alice \\"B\\"" <sip:+49301@example.com;user=phone>;tag=1',
  'sip:%2B49301@[::1]:5060',
  '<tel:+1-201;phone-context=x>',
  'multipart/mixed;boundary="b"',
  '--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--',
  'Signal=5\r\nDuration=160\r\n',
  '2001:db8::/32',
].map((text) => Buffer.from(text));

/** Damaged settings files are refused with places, and damaged headers are read as something: nothing throws. */
export const callSettings: FuzzTarget = {
  name: 'call-settings',
  run: (seed, iterations) => {
    const rng = seeded(seed);
    for (let iteration = 0; iteration < iterations; iteration += 1) {
      try {
        tryFile(mutate(rng, files, words).toString('utf8'));
        tryHeaders(mutate(rng, headers, words).toString('utf8'), mutate(rng, headers, words).toString('utf8'));
      } catch (error) {
        throw new Error(`seed ${seed}, iteration ${iteration}: ${String(error)}`, { cause: error });
      }
    }
  },
};

function tryFile(text: string): void {
  for (const loaded of [loadNumbers(text, 'n'), loadTrunks(text, 't'), loadQueue(text, 'q')]) {
    if (!loaded.ok) checkPlaces(loaded.errors);
    else if ('trunks' in loaded) {
      trunkOf(loaded.trunks, '192.0.2.1');
      wayOut(loaded.trunks, '+493012345');
    } else if ('settings' in loaded)
      checkTimes(loaded.settings.ringMs, loaded.settings.wrapUpMs, loaded.settings.maxWaitMs);
  }
}

function checkPlaces(errors: readonly FlowError[]): void {
  if (errors.length === 0) throw new Error('refused without a reason');
  if (errors.some(({ line, column }) => line < 1 || column < 1)) throw new Error('a mistake without a place');
}

function checkTimes(...times: number[]): void {
  if (times.some((ms) => !Number.isSafeInteger(ms) || ms < 0)) throw new Error('a time that is none');
}

function tryHeaders(one: string, other: string): void {
  const get = (name: string): string => (name === 'From' || name === 'Content-Type' ? one : other);
  const facts = readInvite({ method: 'INVITE', uri: one, body: other, source_address: one, get });
  if (facts.callerNumber === '') throw new Error('a caller without a number or the word for it');
  const digit = digitIn(other);
  if (digit !== undefined && !/^[0-9A-D*#]$/.test(digit)) throw new Error('a key that is none');
  readRange(one)?.has(other);
}
