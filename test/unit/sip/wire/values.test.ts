import { expect, test } from 'vitest';
import { parseAddress } from '../../../../src/sip/wire/address.ts';
import { isTelUri, parseUri } from '../../../../src/sip/wire/uri.ts';
import { parseVia } from '../../../../src/sip/wire/via.ts';

test.each([
  ['sip:bob@example.com', { scheme: 'sip', user: 'bob', host: 'example.com' }],
  ['sips:example.com:5061', { scheme: 'sips', host: 'example.com', port: 5061 }],
  ['sip:bob@[2001:db8::1]:5060;transport=tcp', { user: 'bob', host: '2001:db8::1', port: 5060 }],
  ['sip:+4930;phone-context=x@gw;user=phone', { user: '+4930;phone-context=x', host: 'gw' }],
  ['sip:a%40b:pa?ss@host', { user: 'a%40b:pa?ss', host: 'host' }],
  ['sip:bob@example.com?Subject=x&Priority=urgent', { host: 'example.com', headers: 'Subject=x&Priority=urgent' }],
  ['sip:1000@10.0.0.1;lr', { host: '10.0.0.1' }],
])('[SW40] %s is read into its parts', (text, parts) => {
  expect(parseUri(text)).toMatchObject(parts);
});

test.each([
  'sip:',
  'sip:@host',
  'sip:bob@',
  'sip:bob@host:99999',
  'sip:bob@ho st',
  'sip:b<ob@host',
  'http://x',
  'sip:a@b;=c',
  'sip:a%4@b',
  'sip:a@-b',
])('[SW40] %s is no SIP URI', (text) => {
  expect(parseUri(text)).toBeUndefined();
});

test('[SW40] parameters are found by lower-case name', () => {
  expect(parseUri('sip:a@b;Transport=TCP;lr')?.params).toEqual(
    new Map([
      ['transport', 'TCP'],
      ['lr', ''],
    ]),
  );
});

test.each([
  ['"Alice" <sip:a@b>;tag=1', { displayName: 'Alice', uri: 'sip:a@b' }],
  ['Alice Smith <sip:a@b>;tag=1', { displayName: 'Alice Smith', uri: 'sip:a@b' }],
  ['<sip:a@b;lr>;tag=1', { uri: 'sip:a@b;lr' }],
  ['sip:a@b;tag=1', { uri: 'sip:a@b' }],
  ['"王小明，客服" <sip:a@b>;tag=1', { displayName: '王小明，客服', uri: 'sip:a@b' }],
  ['"say \\"hi\\" <now>; or" <sip:a@b>;tag=1', { displayName: 'say "hi" <now>; or', uri: 'sip:a@b' }],
])('[SW41] %s is an address', (text, parts) => {
  const address = parseAddress(text);
  expect(address).toMatchObject(parts);
  expect(address?.params.get('tag')).toBe('1');
});

test.each([
  '',
  '<>',
  'bob',
  '"open <sip:a@b>',
  '<sip:a@b',
  'sip:a@b>',
  'Bell, A <sip:a@b>',
  'sip:a@b?x=y',
  '< sip:a@b >',
  '<sip:a@b>;=x',
  '<sip:a@b>;tag=1;Tag=2',
])('[SW41] %s is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('[SW42] a Via is read with white space wherever the grammar has it', () => {
  const via = parseVia('SIP / 2.0 / udp  192.0.2.1 : 5060 ; branch = z9hG4bK1;rport; note="a;b"');
  expect(via).toEqual({
    transport: 'UDP',
    host: '192.0.2.1',
    port: 5060,
    params: new Map([
      ['branch', 'z9hG4bK1'],
      ['rport', ''],
      ['note', '"a;b"'],
    ]),
  });
  expect(parseVia('SIP/2.0/TCP [2001:db8::9]:5061;branch=z9hG4bK1')).toMatchObject({ host: '2001:db8::9', port: 5061 });
});

test.each([
  '',
  'SIP/2.0/UDP',
  'SIP/3.0/UDP a',
  'SIP/2.0/UDP a;;b',
  'SIP/2.0/UDP a;branch=x;branch=y',
  'HTTP/2.0/UDP a',
  'SIP/2.0/UDP a:port',
])('[SW42] %s is no Via', (text) => {
  expect(parseVia(text)).toBeUndefined();
});

test('[SW43] telephone numbers', () => {
  for (const good of ['tel:+4930123456', 'tel:+1-201-555-0123', 'tel:7042;phone-context=example.com', 'TEL:*21#'])
    expect(isTelUri(good)).toBe(true);
  for (const bad of ['tel:', 'tel:+', 'tel:-', 'tel:hello', 'tel:+49 30', `tel:+${'1'.repeat(600)}`])
    expect(isTelUri(bad)).toBe(false);
});
