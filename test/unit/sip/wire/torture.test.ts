import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromTagOf, toTagOf } from '../../../../src/sip/messages/read.ts';
import { viaParts } from '../../../../src/sip/transport/received-via.ts';
import { parseAddress } from '../../../../src/sip/wire/address.ts';
import { getHeader, getHeaders } from '../../../../src/sip/wire/headers.ts';
import type { SipMessage } from '../../../../src/sip/wire/message.ts';
import { parseMessage } from '../../../../src/sip/wire/parse.ts';
import { serialise } from '../../../../src/sip/wire/serialise.ts';
import { StreamFramer } from '../../../../src/sip/wire/stream.ts';
import { parseVia } from '../../../../src/sip/wire/via.ts';
import { type TortureMessage, tortureMessages } from '../../../support/torture.ts';

const messages = tortureMessages();

function accepted(name: string): SipMessage {
  const found = messages.find(({ file }) => file === `${name}.dat`);
  const result = found && parseMessage(found.bytes);
  if (!result?.ok) throw new Error(`${name} was refused`);
  return result.message;
}

function verdictOn({ bytes }: TortureMessage): string | number {
  const result = parseMessage(bytes);
  if (result.ok) return 'accept';
  return result.answer?.status ?? 'drop';
}

test('[SW17] the index names every torture message there is', () => {
  const files = readdirSync(join(import.meta.dirname, '../../../fixtures/sip-torture')).filter((f) =>
    f.endsWith('.dat'),
  );
  expect(messages.map(({ file }) => file).sort()).toEqual(files.sort());
  expect(messages).toHaveLength(49);
});

test.each(messages)('[SW17] RFC 4475 section $section, $file: $verdict ($why)', (message) => {
  expect(verdictOn(message)).toBe(message.verdict);
});

test.each(messages.filter(({ verdict }) => verdict === 'accept'))(
  '[SW31] $file reads the same once written',
  ({ bytes }) => {
    const first = parseMessage(bytes);
    if (!first.ok) throw new Error(first.reason);
    const again = parseMessage(serialise(first.message));
    if (!again.ok) throw new Error(again.reason);
    const known = (message: SipMessage) => message.headers.filter(({ key }) => key !== 'content-length');
    expect(known(again.message)).toEqual(known(first.message));
    expect(again.message.body).toEqual(first.message.body);
  },
);

test('[SW2] white space wherever it may stand changes nothing (wsinv)', () => {
  const message = accepted('wsinv');
  expect(parseAddress(getHeader(message, 'to') ?? '')).toEqual({
    uri: 'sip:vivekg@chair-dnrc.example.com',
    params: new Map([['tag', '1918181833n']]),
  });
  expect(parseAddress(getHeader(message, 'from') ?? '')).toMatchObject({ displayName: 'J Rosenberg \\"' });
  expect(getHeader(message, 'cseq')).toBe('0009 INVITE');
  expect(getHeader(message, 'newfangledheader')).toBe('newfangled value continued newfangled value');
  const vias = getHeaders(message, 'via').map((value) => parseVia(value));
  expect(vias.map((via) => [via?.transport, via?.host, via?.params.get('branch')])).toEqual([
    ['UDP', '192.0.2.2', '390skdjuw'],
    ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
    ['UDP', '192.168.255.111', 'z9hG4bK30239'],
  ]);
});

test('[SW2] what routing reads is found with white space around it too (wsinv)', () => {
  const message = accepted('wsinv');
  expect([fromTagOf(message), toTagOf(message)]).toEqual(['98asjd8', '1918181833n']);
  expect(getHeaders(message, 'via').map((value) => viaParts(value).branch)).toContain('z9hG4bK30239');
});

test('[SW6] odd but legal characters arrive as they were sent (intmeth)', () => {
  const message = accepted('intmeth');
  expect(message).toMatchObject({ method: "!interesting-Method0123456789_*+`.%indeed'~" });
  expect(parseAddress(getHeader(message, 'to') ?? '')?.displayName).toBe('BEL:\x07 NUL:\x00 DEL:\x7f');
  expect(getHeader(message, "extensionheader-!.%*+_`'~")).toBe('\ufeff大停電');
});

test('[SW5] the second request of a datagram is no part of the first (dblreq)', () => {
  const message = accepted('dblreq');
  expect(message).toMatchObject({ method: 'REGISTER' });
  expect(message.body).toHaveLength(0);
});

test('[SW5] a body is bytes, not text (mpart01)', () => {
  const { body } = accepted('mpart01');
  expect(body.includes(Buffer.from([0xfd, 0xfe, 0xff]))).toBe(true);
});

/** No length that can be trusted: a negative one, two that differ, or one beyond the bytes there are. Nothing comes of them. */
const TRUSTLESS = ['ncl.dat', 'mcl01.dat', 'clerr.dat'];

test.each(messages)('[SW20] on a stream $file reads as it does in a datagram', ({ bytes, file }) => {
  const [first] = new StreamFramer().push(bytes);
  const alone = parseMessage(bytes);
  if (!first || 'keepalive' in first || 'fatal' in first) {
    expect(TRUSTLESS).toContain(file);
    return;
  }
  expect(first.ok).toBe(alone.ok);
  if (first.ok && alone.ok) expect(serialise(first.message)).toEqual(serialise(alone.message));
});
