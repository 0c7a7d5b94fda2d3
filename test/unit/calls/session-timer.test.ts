import { expect, test } from 'vitest';
import { promised, tooShort } from '../../../src/adapters/drachtio/session-timer.ts';
import type { SrfMessage } from '../../../src/adapters/drachtio/srf-face.ts';

function request(headers: Record<string, string>): SrfMessage {
  return { method: 'INVITE', uri: 'sip:1000@h', source_address: '127.0.0.1', get: (name) => headers[name] };
}

test.each([
  ['1800', 'timer', '1800;refresher=uac', 'timer'],
  ['1800', '100rel, Timer', '1800;refresher=uac', 'timer'],
  ['1800;refresher=uac', 'timer', '1800;refresher=uac', 'timer'],
  ['1800 ; refresher = UAS', 'timer', '1800;refresher=uas', 'timer'],
  ['90;x=y;refresher=uas', 'timer', '90;refresher=uas', 'timer'],
  // A proxy on the way wants the timer, the caller cannot: we refresh (RFC 4028 table 2).
  ['1800', '100rel', '1800;refresher=uas', undefined],
  ['999999999', 'timer', '999999999;refresher=uac', 'timer'],
])('[C75] %s with support of %s is promised %s', (asked, supported, expires, require) => {
  const promise = promised(request({ 'Session-Expires': asked, Supported: supported }));
  expect(promise).toEqual({ 'Session-Expires': expires, ...(require && { Require: require }) });
  expect(tooShort(request({ 'Session-Expires': asked, Supported: supported }))).toBeUndefined();
});

test.each([undefined, '', 'soon', '-5', '1e9', '1800, 90', '18000000000', '1800x', '89'])(
  '[C75] [C76] nothing is promised for %s',
  (asked) => {
    expect(promised(request({ Supported: 'timer', ...(asked !== undefined && { 'Session-Expires': asked }) }))).toEqual(
      {},
    );
  },
);

test('[C76] too short an interval is refused to those who can ask for a longer one', () => {
  expect(tooShort(request({ 'Session-Expires': '89', Supported: 'timer' }))).toEqual({ 'Min-SE': '90' });
  expect(tooShort(request({ 'Session-Expires': '0;refresher=uac', Require: 'timer' }))).toEqual({ 'Min-SE': '90' });
  expect(tooShort(request({ 'Session-Expires': '89' }))).toBeUndefined();
  expect(tooShort(request({ Supported: 'timer' }))).toBeUndefined();
});
