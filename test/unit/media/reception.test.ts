import { expect, test } from 'vitest';
import { Reception } from '../../../src/media/rtp/reception.ts';
import { SOURCE_SILENT_MS, SourceCheck } from '../../../src/media/rtp/source-check.ts';

test('[M12] loss is what the sequence numbers miss, over the wrap too', () => {
  const reception = new Reception();
  for (let i = 0; i < 20; i++) {
    if (i === 5 || i === 6) continue;
    reception.take((65_530 + i) & 0xffff, i * 160, i * 160);
  }
  expect(reception.received).toBe(18);
  expect(reception.lost).toBe(2);
  expect(reception.extendedHighest).toBe(65_536 + 13);
  expect(reception.takeInterval()).toEqual({ received: 18, expected: 20 });
  expect(reception.takeInterval()).toEqual({ received: 0, expected: 0 });
});

test('[M12] late packets count, repeated ones do not', () => {
  const reception = new Reception();
  expect(reception.take(10, 0, 0)).toBe('inOrder');
  expect(reception.take(12, 320, 320)).toBe('inOrder');
  expect(reception.take(11, 160, 340)).toBe('late');
  expect(reception.take(12, 320, 340)).toBe('repeated');
  expect(reception.lost).toBe(0);
});

test('[M12] a stray packet from far away is not believed, a confirmed restart is', () => {
  const reception = new Reception();
  reception.take(10, 0, 0);
  expect(reception.take(30_000, 0, 160)).toBe('jumped');
  expect(reception.take(11, 160, 160)).toBe('inOrder');
  expect(reception.take(40_000, 0, 320)).toBe('jumped');
  expect(reception.take(40_001, 160, 480)).toBe('inOrder');
  expect(reception.received).toBe(3);
  expect(reception.lost).toBe(0);
});

test('[M12] jitter is nought on an even stream and grows by a sixteenth of each deviation', () => {
  const reception = new Reception();
  for (let i = 0; i < 50; i++) reception.take(i, i * 160, 1_000 + i * 160);
  expect(reception.jitter).toBe(0);
  reception.take(50, 50 * 160, 1_000 + 50 * 160 + 80);
  expect(reception.jitter).toBe(5);
});

test('[M13] a new stream adds to the counts', () => {
  const reception = new Reception();
  reception.take(1, 0, 0);
  reception.take(3, 320, 320);
  reception.restart();
  reception.take(60_000, 5, 500);
  expect([reception.received, reception.lost]).toEqual([3, 1]);
});

test('[M11] a public signalled address lets in its own ports and nobody else', () => {
  const check = new SourceCheck(false);
  check.expect({ ip: '198.51.100.7', port: 4_000 });
  expect(check.check('203.0.113.9', 4_000, 0)).toBe('refused');
  expect(check.check('198.51.100.7', 4_444, 10)).toBe('changed');
  expect(check.target).toEqual({ ip: '198.51.100.7', port: 4_444 });
  expect(check.check('198.51.100.7', 4_444, 20)).toBe('known');
  expect(check.refused).toBe(1);
});

test('[M11] a private signalled address is behind NAT: the first sender is believed, later ones only after silence', () => {
  const check = new SourceCheck(false);
  check.expect({ ip: '192.168.1.20', port: 4_000 });
  expect(check.check('203.0.113.9', 9_999, 0)).toBe('changed');
  expect(check.check('203.0.113.66', 1, SOURCE_SILENT_MS - 1)).toBe('refused');
  expect(check.check('203.0.113.66', 1, SOURCE_SILENT_MS)).toBe('changed');
});

test('[M11] the signalled address itself is always believed', () => {
  const check = new SourceCheck(false);
  check.expect({ ip: '10.0.0.1', port: 4_000 });
  check.check('203.0.113.9', 9_999, 0);
  expect(check.check('10.0.0.1', 4_000, 1)).toBe('changed');
  expect(check.check('203.0.113.9', 9_999, 2)).toBe('refused');
});

test('[M11] a strict source is its address and no other; before anything is signalled nobody is heard', () => {
  const check = new SourceCheck(true);
  expect(check.check('127.0.0.1', 5, 0)).toBe('refused');
  check.expect({ ip: '127.0.0.1', port: 5 });
  expect(check.check('127.0.0.1', 6, 10_000)).toBe('refused');
  expect(check.check('127.0.0.1', 5, 10_001)).toBe('changed');
});

test('[M11] a re-offer with a new address is latched on anew', () => {
  const check = new SourceCheck(false);
  check.expect({ ip: '198.51.100.7', port: 4_000 });
  check.check('198.51.100.7', 4_000, 0);
  check.expect({ ip: '198.51.100.8', port: 6_000 });
  expect(check.target).toEqual({ ip: '198.51.100.8', port: 6_000 });
  expect(check.check('198.51.100.7', 4_000, 1)).toBe('refused');
});
