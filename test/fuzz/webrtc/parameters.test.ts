import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ParleyError } from '../../../src/shared/errors.ts';
import { browserSays } from '../../support/browser-says.ts';
import { TestEngineEnd } from '../../support/engine-end.ts';
import { type GateBench, startGateBench } from '../../support/leg-bench.ts';
import { describeWith } from '../../support/peers.ts';

type Json = Record<string, unknown>;

/** Values that programs trip over, beside any JSON at all. */
const odd = fc.oneof(
  fc.constantFrom(
    null,
    '',
    0,
    -1,
    1.5,
    2 ** 32,
    Number.MAX_SAFE_INTEGER,
    true,
    [],
    {},
    '__proto__',
    'audio/PCMU',
    'x'.repeat(5_000),
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Every way into a JSON value: the keys from the outside to the place. */
function places(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => places(inner, [...path, key]))];
}

function withChange(value: unknown, path: (string | number)[], change: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return change;
  const copy: Json = Array.isArray(value) ? ([...value] as unknown as Json) : { ...(value as Json) };
  copy[key] = withChange(copy[key], rest, change);
  return copy;
}

/** A right value with one or two places changed to something odd. */
function mutated(right: () => Json): fc.Arbitrary<Json> {
  const all = places(right());
  const change = fc.tuple(fc.integer({ min: 0, max: all.length - 1 }), odd);
  return fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) => {
    let value: unknown = right();
    for (const [index, to] of changes) {
      const path = all[index] ?? [];
      if (places(value).some((known) => known.join('/') === path.join('/'))) value = withChange(value, path, to);
    }
    return value as Json;
  });
}

describeWith('worker', 'parameters of a hostile browser', () => {
  let bench: GateBench;
  let engine: TestEngineEnd;
  let made = 0;

  beforeAll(async () => {
    [bench, engine] = await Promise.all([startGateBench(), TestEngineEnd.open()]);
  });
  afterAll(async () => {
    await bench?.gate.stop();
    engine?.close();
  });

  /** Gives the order to a new leg: it is carried out or refused with a code, and the worker lives on. */
  async function holds(order: (endpointId: string, transportId: string) => Promise<unknown>): Promise<void> {
    const endpointId = `fuzz-${++made}`;
    const pids = bench.gate.workerPids;
    const { offer } = await bench.gate.open(endpointId, engine.end);
    try {
      await order(endpointId, offer.send.id);
    } catch (error) {
      expect(error).toBeInstanceOf(ParleyError);
      expect((error as ParleyError).code).toMatch(/^media\.(badOrder|noCommonCodec)$/);
    }
    await bench.gate.restartIce(endpointId, offer.send.id);
    bench.gate.close(endpointId);
    expect(bench.gate.workerPids).toEqual(pids);
  }

  const gate = () => bench.gate;
  const runs = { numRuns: 150 };

  it('[W4] in dtlsParameters harm nobody', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(browserSays.dtlsParameters), (value) =>
        holds((endpointId, transportId) => gate().connect(endpointId, transportId, value)),
      ),
      runs,
    );
  });

  it('[W4] in rtpParameters harm nobody', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(browserSays.rtpParameters), (value) =>
        holds((endpointId) => gate().produce(endpointId, value)),
      ),
      runs,
    );
  });

  it('[W4] in rtpCapabilities harm nobody', async () => {
    await fc.assert(
      fc.asyncProperty(mutated(browserSays.rtpCapabilities), (value) =>
        holds((endpointId) => gate().consume(endpointId, value)),
      ),
      runs,
    );
  });
});
