import { afterAll, beforeAll, expect, test } from 'vitest';
import { type MediaUnderTest, startMedia } from '../../support/media-program.ts';
import { RtpPhone } from '../../support/rtp-phone.ts';
import { isOnlyTone, loudness, tonesIn } from '../../support/tones.ts';

/** Each leg says its own frequency, so that who hears whom is heard. Legs live in different threads. */
const TONES = { caller: 440, agent: 700, boss: 1_000, guest: 1_600 } as const;
type Name = keyof typeof TONES;
const ALL = Object.values(TONES);
const MUSIC_HZ = 2_500;

let media: MediaUnderTest;
const phones = {} as Record<Name, RtpPhone>;

beforeAll(async () => {
  media = await startMedia({ threads: 2 });
  for (const name of Object.keys(TONES) as Name[]) {
    const phone = await RtpPhone.open({ law: name === 'agent' ? 'PCMA' : 'PCMU' });
    phone.toneHz = TONES[name];
    phone.amplitude = 5_000;
    const { sdp } = await media.client.order({ order: 'endpoint.openRtp', endpointId: name, offer: phone.sdp() });
    phone.start(sdp);
    phones[name] = phone;
  }
});

afterAll(async () => {
  for (const phone of Object.values(phones)) phone.close();
  await media.stop();
});

async function heardAfter(hears: Partial<Record<Name, Name[]>>): Promise<Record<Name, string>> {
  await media.client.order({ order: 'bridge.set', bridgeId: 'call', hears: hears as Record<string, string[]> });
  // What was on its way when the table changed is not counted.
  await Promise.all(Object.values(phones).map((phone) => phone.hear(160)));
  const heard = {} as Record<Name, string>;
  await Promise.all(
    (Object.keys(phones) as Name[]).map(async (name) => {
      const samples = await phones[name].hear(300);
      heard[name] = tonesIn(samples, ALL)
        .map((hz) => (Object.keys(TONES) as Name[]).find((speaker) => TONES[speaker] === hz))
        .join(' ');
      if (tonesIn(samples, [...ALL, MUSIC_HZ]).length === 0) expect(loudness(samples)).toBeLessThan(20);
    }),
  );
  return heard;
}

test('[M40] talk, mute, hold, conference, listen-in, whisper and barge are tables', async () => {
  const nobody = { caller: '', agent: '', boss: '', guest: '' };
  expect(await heardAfter({ caller: ['agent'], agent: ['caller'] })).toEqual({
    ...nobody,
    caller: 'agent',
    agent: 'caller',
  });
  expect(await heardAfter({ agent: ['caller'] })).toEqual({ ...nobody, agent: 'caller' });
  expect(await heardAfter({})).toEqual(nobody);
  expect(
    await heardAfter({ caller: ['agent', 'guest'], agent: ['caller', 'guest'], guest: ['caller', 'agent'] }),
  ).toEqual({ caller: 'agent guest', agent: 'caller guest', guest: 'caller agent', boss: '' });
  expect(await heardAfter({ caller: ['agent'], agent: ['caller', 'boss'], boss: ['caller', 'agent'] })).toEqual({
    caller: 'agent',
    agent: 'caller boss',
    boss: 'caller agent',
    guest: '',
  });
  expect(
    await heardAfter({ caller: ['agent', 'boss'], agent: ['caller', 'boss'], boss: ['caller', 'agent'] }),
  ).toMatchObject({ caller: 'agent boss' });
});

test('[M21] hold music is a play: the held leg hears it instead of its table, and its table again afterwards', async () => {
  await media.client.order({
    order: 'endpoint.play',
    endpointId: 'caller',
    playId: 'hold',
    items: [{ type: 'tone', frequenciesHz: [MUSIC_HZ], durationMs: 200 }],
    loop: true,
  });
  expect(await heardAfter({ caller: ['agent'], agent: ['caller'] })).toMatchObject({ caller: '', agent: 'caller' });
  expect(isOnlyTone(await phones.caller.hear(300), MUSIC_HZ)).toBe(true);
  await media.client.order({ order: 'endpoint.stopPlay', endpointId: 'caller', playId: 'another' });
  await phones.caller.hear(100);
  expect(isOnlyTone(await phones.caller.hear(100), MUSIC_HZ)).toBe(true);
  await media.client.order({ order: 'endpoint.stopPlay', endpointId: 'caller', playId: 'hold' });
  expect(await media.fact('playEnded', ({ playId }) => playId === 'hold')).toMatchObject({ reason: 'stopped' });
  await phones.caller.hear(100);
  expect(isOnlyTone(await phones.caller.hear(300), TONES.agent)).toBe(true);
});

test('[M20] [M23] through all of it each leg got one SSRC and one unbroken line', async () => {
  for (const phone of Object.values(phones)) {
    const heard = phone.heard.filter((_, i) => i > 0);
    const first = phone.heard[0];
    heard.reduce(
      (before, packet) => {
        expect(packet.ssrc).toBe(before.ssrc);
        const steps = (packet.sequence - before.sequence) & 0xffff;
        // Only a stall of the machine leaves frames out, and then the timestamps still tell the time.
        expect(((packet.timestamp - before.timestamp) >>> 0) % 160).toBe(0);
        expect(steps).toBe(1);
        return packet;
      },
      first ?? heard[0] ?? raise(),
    );
  }
});

test('[M40] two bridges add up, and closing one takes its part away', async () => {
  await media.client.order({ order: 'bridge.set', bridgeId: 'side', hears: { guest: ['boss'] } });
  expect(await heardAfter({ guest: ['caller'] })).toMatchObject({ guest: 'caller boss' });
  await media.client.order({ order: 'bridge.close', bridgeId: 'side' });
  expect(await heardAfter({ guest: ['caller'] })).toMatchObject({ guest: 'caller' });
});

test('[M43] a table with an unknown endpoint changes nothing', async () => {
  const hears = { caller: ['boss'], agent: ['stranger'] };
  await expect(media.client.order({ order: 'bridge.set', bridgeId: 'call', hears })).rejects.toMatchObject({
    code: 'media.unknownEndpoint',
  });
  const { bridges } = await media.client.order({ order: 'inventory' });
  expect(bridges).toEqual([{ bridgeId: 'call', hears: { guest: ['caller'] } }]);
});

function raise(): never {
  throw new Error('nothing was heard');
}
