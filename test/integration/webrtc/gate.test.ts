import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWebRtcGate } from '../../../src/media/webrtc/gate.ts';
import type { WebRtcListener } from '../../../src/media/webrtc-port.ts';
import { createLogger } from '../../../src/shared/logger.ts';
import type { Clock } from '../../../src/shared/time.ts';
import { browserSays } from '../../support/browser-says.ts';
import { TestEngineEnd } from '../../support/engine-end.ts';
import { type GateBench, startGateBench } from '../../support/leg-bench.ts';
import { describeWith, peer } from '../../support/peers.ts';

const deaf: WebRtcListener = { state: () => {}, lost: () => {}, workerReplaced: () => {} };

describeWith('worker', 'the gate', () => {
  let bench: GateBench;
  let engine: TestEngineEnd;

  beforeAll(async () => {
    [bench, engine] = await Promise.all([startGateBench(), TestEngineEnd.open()]);
  });
  afterAll(async () => {
    await bench?.gate.stop();
    engine?.close();
  });

  it('[W1] offers one UDP and one TCP candidate of the host, and PCMU alone', async () => {
    const { offer, sendTo } = await bench.gate.open('w1', engine.end);
    for (const side of [offer.send, offer.receive]) {
      expect(side.iceCandidates.map((one) => [one['protocol'], one['address']])).toEqual([
        ['udp', '127.0.0.1'],
        ['tcp', '127.0.0.1'],
      ]);
    }
    const codecs = offer.routerRtpCapabilities['codecs'] as { mimeType: string; preferredPayloadType: number }[];
    expect(codecs.map(({ mimeType, preferredPayloadType }) => [mimeType, preferredPayloadType])).toEqual([
      ['audio/PCMU', 0],
    ]);
    expect(sendTo.ip).toBe('127.0.0.1');
    expect(JSON.parse(JSON.stringify(offer))).toEqual(offer);
  });

  it('[W2] an open leg answers every repeated order as before', async () => {
    const { gate } = bench;
    const [once, twice] = await Promise.all([gate.open('w2', engine.end), gate.open('w2', engine.end)]);
    expect(twice).toEqual(once);
    const produced = await gate.produce('w2', browserSays.rtpParameters());
    expect(await gate.produce('w2', browserSays.rtpParameters())).toEqual(produced);
    const consumed = await gate.consume('w2', browserSays.rtpCapabilities());
    expect(await gate.consume('w2', browserSays.rtpCapabilities())).toEqual(consumed);
    await gate.connect('w2', once.offer.send.id, browserSays.dtlsParameters());
    await gate.connect('w2', once.offer.send.id, browserSays.dtlsParameters());
    const other = { ...browserSays.dtlsParameters(), role: 'server' };
    await expect(gate.connect('w2', once.offer.send.id, other)).rejects.toMatchObject({ code: 'media.badOrder' });
  });

  it('[W3] what is closed stays closed, and other orders find no such leg', async () => {
    const { gate } = bench;
    const { offer } = await gate.open('w3', engine.end);
    gate.close('w3');
    gate.close('w3');
    gate.close('never there');
    for (const order of [
      gate.restartIce('w3', offer.send.id),
      gate.produce('w3', browserSays.rtpParameters()),
      gate.connect('never there', 'x', {}),
    ]) {
      await expect(order).rejects.toMatchObject({ code: 'media.unknownEndpoint' });
    }
    expect((await gate.open('w3', engine.end)).offer.send.id).not.toBe(offer.send.id);
  });

  it('[W3] a leg closed while it is being made leaves nothing behind', async () => {
    const opening = bench.gate.open('w3-early', engine.end);
    bench.gate.close('w3-early');
    await expect(opening).rejects.toMatchObject({ code: 'media.unknownEndpoint' });
    await bench.gate.open('w3-early', engine.end);
  });

  it('[W4] refuses what it cannot use and leaves this leg and the others as they were', async () => {
    const { gate } = bench;
    const { offer } = await gate.open('w4', engine.end);
    const pids = gate.workerPids;
    const rtp = browserSays.rtpParameters();
    const bad = [
      () => gate.connect('w4', offer.send.id, { fingerprints: [] }),
      () => gate.connect('w4', offer.send.id, { fingerprints: [{ algorithm: 'sha-256', value: 'AB:CD' }] }),
      () => gate.connect('w4', 'another leg', browserSays.dtlsParameters()),
      () => gate.restartIce('w4', 'another leg'),
      () => gate.produce('w4', {}),
      () => gate.produce('w4', { ...rtp, encodings: [{ ssrc: -1 }] }),
      () => gate.produce('w4', { ...rtp, codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000 }] }),
      () => gate.consume('w4', { codecs: 'all of them' }),
    ];
    for (const order of bad) await expect(order()).rejects.toMatchObject({ code: 'media.badOrder' });
    await expect(gate.consume('w4', { codecs: [] })).rejects.toMatchObject({ code: 'media.noCommonCodec' });
    await gate.connect('w4', offer.send.id, browserSays.dtlsParameters());
    await gate.produce('w4', rtp);
    await gate.consume('w4', browserSays.rtpCapabilities());
    expect(gate.workerPids).toEqual(pids);
  });

  it('[W5] another microphone takes the place of the first', async () => {
    const { gate } = bench;
    await gate.open('w5', engine.end);
    const first = await gate.produce('w5', browserSays.rtpParameters(1_111));
    const second = await gate.produce('w5', browserSays.rtpParameters(2_222));
    expect(second.producerId).not.toBe(first.producerId);
  });

  it('[W12] a browser that never comes is given up after the grace time', async () => {
    const due: { delayMs: number; run: () => void }[] = [];
    const clock: Clock = {
      now: () => 0,
      after: (delayMs, run) => {
        const entry = { delayMs, run };
        due.push(entry);
        return () => due.splice(due.indexOf(entry), 1);
      },
    };
    const own = await startGateBench({ clock, graceMs: 4_321 });
    try {
      await own.gate.open('w12', engine.end);
      expect(due.map(({ delayMs }) => delayMs)).toEqual([4_321]);
      due[0]?.run();
      expect(own.facts).toEqual([{ fact: 'lost', endpointId: 'w12', value: 'iceFailed' }]);
      await expect(own.gate.produce('w12', {})).rejects.toMatchObject({ code: 'media.unknownEndpoint' });
    } finally {
      await own.gate.stop();
    }
  });

  it('[W20] [W21] legs are spread over the workers, and a dead worker takes only its own along', async () => {
    const own = await startGateBench({}, 2);
    try {
      const { gate } = own;
      await gate.open('one', engine.end);
      const two = await gate.open('two', engine.end);
      process.kill(gate.workerPids[0] ?? Number.NaN, 'SIGKILL');
      await own.until(({ fact }) => fact === 'workerReplaced');
      expect(own.facts).toEqual([
        { fact: 'lost', endpointId: 'one', value: 'workerDied' },
        { fact: 'workerReplaced', value: 0 },
      ]);
      await gate.restartIce('two', two.offer.send.id);
      await gate.open('one', engine.end);
      expect(gate.workerPids).toHaveLength(2);
    } finally {
      await own.gate.stop();
    }
  });

  it('[W20] an order that meets a dying worker is refused as one without a worker', async () => {
    const own = await startGateBench();
    try {
      process.kill(own.gate.workerPids[0] ?? Number.NaN, 'SIGKILL');
      await expect(own.gate.open('late', engine.end)).rejects.toMatchObject({ code: 'media.noWorker' });
      await own.until(({ fact }) => fact === 'workerReplaced');
      await own.gate.open('late', engine.end);
    } finally {
      await own.gate.stop();
    }
  });

  it('[W22] without a worker binary the gate stands and refuses legs', async () => {
    const gate = await startWebRtcGate(
      { host: '127.0.0.1', port: 0, workers: 1, listener: deaf, log: createLogger('test', { level: 'silent' }) },
      { workerBin: '/no/such/worker' },
    );
    await expect(gate.open('w22', engine.end)).rejects.toMatchObject({ code: 'media.noWorker' });
    gate.close('w22');
    await gate.stop();
  });

  it('[W23] a port that is taken is tried again until it is free', async () => {
    const first = await startGateBench();
    const { offer } = await first.gate.open('w23', engine.end);
    const port = Number(offer.send.iceCandidates[0]?.['port']);
    let replaced: (() => void) | undefined;
    const working = new Promise<void>((resolve) => {
      replaced = resolve;
    });
    const retries: (() => void)[] = [];
    const bookRetry = (_: number, run: () => void) => {
      retries.push(run);
      return () => {};
    };
    const own = await startWebRtcGate(
      {
        host: '127.0.0.1',
        port,
        workers: 1,
        listener: { ...deaf, workerReplaced: () => replaced?.() },
        log: createLogger('test', { level: 'silent' }),
      },
      { clock: { now: () => 0, after: bookRetry }, workerBin: peer('worker') },
    );
    await expect(own.open('w23', engine.end)).rejects.toMatchObject({ code: 'media.noWorker' });
    expect(retries).toHaveLength(1);
    await first.gate.stop();
    retries[0]?.();
    await working;
    await own.open('w23', engine.end);
    await own.stop();
  });
});
