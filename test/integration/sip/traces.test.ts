import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { replay } from '../../support/replay/replay.ts';
import { readTrace, type Trace, traceNames } from '../../support/trace.ts';
import { KNOWN_DIFFERENCES, NOT_PLAYED } from './trace-exceptions.ts';

const played = traceNames().filter((name) => !(name in NOT_PLAYED));

test.each(played)('[ST2] %s', async (name) => {
  const known = Object.values(KNOWN_DIFFERENCES[name] ?? {}).flat();
  const differences = await replay(readTrace(name), new Set(known));
  const unknown = differences.filter(({ what }) => !known.includes(what));
  expect(unknown).toEqual([]);
  expect([...new Set(differences.map(({ what }) => what))].sort()).toEqual([...known].sort());
});

test('[ST3] every exception names a trace that is there and a rule that is written down', () => {
  const spec = readFileSync(join(import.meta.dirname, '../../../docs/spec/sip-differences.md'), 'utf8');
  const rules = [...Object.values(NOT_PLAYED), ...Object.values(KNOWN_DIFFERENCES).flatMap((by) => Object.keys(by))];
  for (const rule of rules) expect(spec).toContain(`**${rule}**`);
  for (const name of [...Object.keys(NOT_PLAYED), ...Object.keys(KNOWN_DIFFERENCES)])
    expect(traceNames()).toContain(name);
});

/** The trace of an answered call with its text changed where the server speaks. */
function doctored(from: string | RegExp, to: string): Trace {
  const { name, events } = readTrace('02-inbound-invite-200-ack-bye-from-peer');
  return {
    name,
    events: events.map((event) =>
      event.kind !== 'note' && event.by === 'server' ? { ...event, text: event.text.replace(from, to) } : event,
    ),
  };
}

test.each([
  ['another status', 'SIP/2.0 180 Ringing', 'SIP/2.0 183 Ringing', 'to PEER: 183 INVITE: 180 INVITE'],
  [
    'a header that does not come',
    'Contact: <sip:127.0.0.1:5270>',
    'Contact: <sip:127.0.0.1:5270>\r\nX-New: 1',
    'to PEER: 200 INVITE: -x-new',
  ],
  ['a header that is not expected', /^User-Agent: .*\r\n/m, '', 'to app: INVITE: +user-agent'],
  ['another value', 'Contact: <sip:127.0.0.1:5270>', 'Contact: <sip:127.0.0.1:9>', 'to PEER: 200 INVITE: contact'],
  ['another body', 'm=audio 50000', 'm=audio 50002', 'to PEER: 200 INVITE: body'],
  ['another tag', /(^To:.*;tag=)\w+(?=[\s\S]*^CSeq: 2 BYE)/m, '$1other', 'to PEER: 200 BYE: to'],
  ['another token', '|sip|network|', '|sip|application|', 'to app: sip INVITE: token 2'],
])('[ST3] the comparison sees %s', async (_what, from, to, difference) => {
  const found = await replay(doctored(from, to));
  expect(found.map(({ what }) => what)).toContain(difference);
});
