import { expect, test } from 'vitest';
import { parseMessage } from '../../../src/sip/wire/parse.ts';
import { parseTrace, readTrace, traceNames } from '../../support/trace.ts';

const names = traceNames();

test('[ST1] an entry has its time, its direction and its text with wire line ends', () => {
  const [note, frame, sip] = parseTrace(
    '[  0.000] NOTE\n    hello\n\n[  1.250] APP -> SERVER\n    4#id-1\n\n[  2.000] SIP BOB -> SERVER (udp 5292->5270)\n    A\n    \n    b\n',
  );
  expect(note).toEqual({ atMs: 0, kind: 'note', text: 'hello' });
  expect(frame).toEqual({ atMs: 1_250, kind: 'frame', by: 'app', text: '4#id-1' });
  expect(sip).toEqual({ atMs: 2_000, kind: 'sip', by: 'peer', party: 'BOB', port: 5292, text: 'A\r\n\r\nb' });
});

test.each(names)('[ST1] %s: every frame has the length that its prefix says', (name) => {
  for (const event of readTrace(name).events) {
    if (event.kind !== 'frame' || event.text.startsWith('(raw)')) continue;
    const [prefix = ''] = event.text.split('#', 1);
    expect(Buffer.byteLength(event.text.slice(prefix.length + 1)), event.text.slice(0, 60)).toBe(Number(prefix));
  }
});

test.each(names)('[SW10] %s: every SIP message of the trace is accepted', (name) => {
  for (const event of readTrace(name).events) {
    if (event.kind !== 'sip' || event.text.trim() === '') continue;
    expect(parseMessage(Buffer.from(event.text)), event.text).toMatchObject({ ok: true });
  }
});
