import { isDeepStrictEqual } from 'node:util';
import { callIdOf, fromTagOf, toTagOf } from '../../src/sip/messages/read.ts';
import type { SipMessage } from '../../src/sip/wire/message.ts';
import { parseMessage } from '../../src/sip/wire/parse.ts';
import { serialise } from '../../src/sip/wire/serialise.ts';
import { type Framed, StreamFramer } from '../../src/sip/wire/stream.ts';
import { tortureMessages } from '../support/torture.ts';
import { traceMessages } from '../support/trace.ts';
import { inPieces, mutate, pick, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

/** No message may take longer, in ms of CPU time: on a noisy machine only that tells a slow parser from a busy one. */
const BUDGET_MS = 250;

const DICTIONARY = [
  ...[
    '\r\n',
    '\r\n\r\n',
    '\n',
    '\r',
    '\r\n ',
    ': ',
    ';',
    ',',
    '"',
    '<',
    '>',
    '\\',
    '|',
    '=',
    '@',
    '[',
    ']',
    '?',
    '\0',
    '%00',
  ],
  ...[
    'SIP/2.0',
    'SIP/2.0/UDP ',
    'z9hG4bK',
    ';branch=',
    ';tag=',
    ';rport',
    ';received=',
    ';lr',
    'sip:',
    'sips:',
    'tel:',
    '*',
  ],
  ...[
    'Via: ',
    'v:',
    'From: ',
    'f: ',
    'To: ',
    'Call-ID: ',
    'i:',
    'CSeq: ',
    'Contact: ',
    'm:',
    'Route: ',
    'Record-Route: ',
  ],
  ...[
    'Content-Length: 0\r\n',
    'l: 5\r\n',
    'Content-Length: 99999999\r\n',
    'Content-Length: -1\r\n',
    'Max-Forwards: 256\r\n',
  ],
  ...['4294967296', '2147483648', '99999999999999999999', '-1', 'INVITE', 'ACK', '你好', 'ü', '\ufeff', '\ufffd'],
].map((word) => Buffer.from(word));

function corpus(): Buffer[] {
  return [...tortureMessages().map(({ bytes }) => bytes), ...traceMessages()];
}

/** Damaged datagrams: reading ends without a throw, and what is accepted reads the same once written. */
export const sipMessage: FuzzTarget = {
  name: 'sip',
  run(seed, iterations) {
    const rng = seeded(seed);
    const samples = corpus();
    for (let i = 0; i < iterations; i += 1) {
      const bytes = mutate(rng, samples, DICTIONARY);
      const before = process.cpuUsage();
      try {
        checkMessage(bytes);
      } catch (error) {
        throw new Error(`seed ${seed}, input ${i}: ${JSON.stringify(bytes.toString('latin1'))}`, { cause: error });
      }
      const spent = process.cpuUsage(before);
      const ms = (spent.user + spent.system) / 1_000;
      if (ms > BUDGET_MS) throw new Error(`seed ${seed}, input ${i}: ${ms} ms of CPU for ${bytes.length} bytes`);
    }
  },
};

function checkMessage(bytes: Buffer): void {
  const first = parseMessage(bytes);
  if (!first.ok) {
    if (first.reason === '') throw new Error('refused without a reason');
    if (first.answer && (first.answer.status < 400 || first.answer.status > 699))
      throw new Error('answered with no failure');
    return;
  }
  const again = parseMessage(serialise(first.message));
  if (!again.ok) throw new Error(`once written it is refused: ${again.reason}`);
  if (!isDeepStrictEqual(comparable(again.message), comparable(first.message)))
    throw new Error('once written it reads otherwise');
  for (const id of idsOf(first.message)) {
    if (/[|\s]/.test(id)) throw new Error(`an id that breaks frames was accepted: ${JSON.stringify(id)}`);
  }
}

/** What goes into the App's frames between bars. */
function idsOf(message: SipMessage): string[] {
  return [callIdOf(message), fromTagOf(message), toTagOf(message)];
}

/** The written message has its length counted anew, so that line is left out. */
function comparable({ headers, body, ...start }: SipMessage): unknown {
  return { ...start, body: body.toString('latin1'), headers: headers.filter(({ key }) => key !== 'content-length') };
}

/** Damaged streams: chunks make no difference, nothing comes behind a breach, and nothing throws. */
export const sipStream: FuzzTarget = {
  name: 'sip-stream',
  run(seed, iterations) {
    const rng = seeded(seed);
    const samples = [...corpus(), Buffer.from('\r\n\r\n'), Buffer.from('\r\n')];
    for (let i = 0; i < iterations; i += 1) {
      const bytes = Buffer.concat([pick(rng, samples), mutate(rng, samples, DICTIONARY), pick(rng, samples)]);
      try {
        checkStream(bytes, inPieces(rng, bytes));
      } catch (error) {
        throw new Error(`seed ${seed}, input ${i}: ${JSON.stringify(bytes.toString('latin1'))}`, { cause: error });
      }
    }
  },
};

function checkStream(bytes: Buffer, pieces: readonly Buffer[]): void {
  const whole = new StreamFramer().push(bytes);
  const framer = new StreamFramer();
  const chunked = pieces.flatMap((piece) => framer.push(Buffer.from(piece)));
  const toldOf = (items: readonly Framed[]) =>
    items.map((item) => ('message' in item ? comparable(item.message) : item));
  if (!isDeepStrictEqual(toldOf(chunked), toldOf(whole))) throw new Error('chunks make a difference');
  const breach = chunked.findIndex((item) => 'fatal' in item);
  if (breach >= 0 && (breach !== chunked.length - 1 || framer.push(Buffer.from('\r\n\r\n')).length > 0)) {
    throw new Error('something came behind a breach');
  }
}
