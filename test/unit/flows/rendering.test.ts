import { beforeEach, describe, expect, it } from 'vitest';
import { Rendering } from '../../../src/flows/rendering.ts';
import type { SpeechRequest, Spoken } from '../../../src/flows/voice.ts';
import { flowWith } from '../../support/flow-call.ts';

const SPOKEN: Spoken = { hash: 'a', file: 'a.wav', durationMs: 1 };

/** A voice that is ready with a text when the test says so. */
class SlowVoice {
  readonly asked: string[] = [];
  #open: { resolve: (spoken: Spoken) => void; reject: (error: unknown) => void }[] = [];

  render({ text }: SpeechRequest): Promise<Spoken> {
    this.asked.push(text);
    return new Promise((resolve, reject) => this.#open.push({ resolve, reject }));
  }

  async finish(error?: Error): Promise<void> {
    for (const { resolve, reject } of this.#open.splice(0)) error ? reject(error) : resolve(SPOKEN);
    await settled();
  }

  get underWay(): number {
    return this.#open.length;
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

const flow = (name: string, ...texts: string[]) => {
  const say = texts.map((text) => `{ text: ${text}, language: en }`).join(', ');
  return { ...flowWith(`  one: { say: [${say}], next: end }`), name };
};

describe('[F42] at a start', () => {
  let voice: SlowVoice;
  let failures: string[];
  let rendering: Rendering;
  let isReady: boolean;

  beforeEach(() => {
    voice = new SlowVoice();
    failures = [];
    isReady = false;
    rendering = new Rendering({
      voice,
      prompts: { find: async () => SPOKEN },
      failed: (name, what) => failures.push(`${name} ${what}`),
    });
  });

  const start = async (...answering: string[]) => {
    void rendering.start(answering).then(() => {
      isReady = true;
    });
    await settled();
  };

  it('the flow of the first number is rendered whole, however long it takes', async () => {
    await rendering.prepare(flow('a', 'a1', 'a2'));
    await rendering.prepare(flow('b', 'b1', 'b2', 'b3'));
    expect(voice.asked).toEqual([]);
    await start('b', 'a');
    expect(voice.asked).toEqual(['b1', 'b2', 'b3']);
    expect(isReady).toBe(false);
    await voice.finish();
    expect(isReady).toBe(true);
  });

  it('the others are rendered one by one behind the calls', async () => {
    await rendering.prepare(flow('a', 'a1'));
    await rendering.prepare(flow('b', 'b1', 'b2'));
    rendering.inGoodTime([{ text: 'place 1', language: 'en' }]);
    await start('a');
    await voice.finish();
    expect(isReady).toBe(true);
    for (const next of ['place 1', 'b1', 'b2']) {
      expect([voice.asked.at(-1), voice.underWay]).toEqual([next, 1]);
      await voice.finish();
    }
    expect(voice.asked).toHaveLength(4);
  });

  it('what fails is told, and holds nothing up', async () => {
    await rendering.prepare(flow('a', 'a1'));
    await rendering.prepare(flow('b', 'b1'));
    await start('a');
    await voice.finish(new Error('no voice'));
    await voice.finish(new Error('no voice'));
    expect([isReady, failures]).toEqual([true, ['a a1', 'b b1']]);
  });

  it('nothing is begun any more after the end, and a site without flows is ready at once', async () => {
    await start();
    expect(isReady).toBe(true);
    rendering.inGoodTime([
      { text: 'one', language: 'en' },
      { text: 'two', language: 'en' },
    ]);
    rendering.close();
    await voice.finish();
    rendering.inGoodTime([{ text: 'three', language: 'en' }]);
    await settled();
    expect(voice.asked).toEqual(['one']);
  });

  it('a version that comes later is rendered before it is used', async () => {
    await start();
    let isUsed = false;
    void rendering.prepare(flow('c', 'c1', 'c2')).then(() => {
      isUsed = true;
    });
    await settled();
    expect([voice.asked, isUsed]).toEqual([['c1', 'c2'], false]);
    await voice.finish();
    expect(isUsed).toBe(true);
  });
});
