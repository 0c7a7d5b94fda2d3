import { expect, test } from 'vitest';
import { rtcpTarget, rtpTarget } from '../rtp.ts';
import { sdpTarget } from '../sdp.ts';

test.each([
  ['M10', rtpTarget],
  ['M60', rtcpTarget],
  ['M6', sdpTarget],
])('[%s] bent inputs are taken or refused, never more', async (_rule, target) => {
  await expect(Promise.resolve(target.run(20_261_123, 20_000))).resolves.toBeUndefined();
});
