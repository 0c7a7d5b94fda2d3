import { encodeFrame, FrameDecoder } from '../../src/sip/frames/codec.ts';
import { traceFrames } from '../support/trace.ts';
import { inPieces, mutate, pick, seeded } from './mutate.ts';
import type { FuzzTarget } from './target.ts';

const DICTIONARY = [
  '#',
  '0#',
  '1#x',
  '999999#',
  '1048577#',
  '|',
  '\r\n',
  'id|sip|',
  '|OK|',
  '-1#',
  '00000005#',
  '\0',
  '日本',
].map((word) => Buffer.from(word));

/** Damaged streams between App and server: chunks make no difference, and payloads written again come back the same. */
export const appFrames: FuzzTarget = {
  name: 'frames',
  run(seed, iterations) {
    const rng = seeded(seed);
    const samples = traceFrames();
    for (let i = 0; i < iterations; i += 1) {
      const bytes = Buffer.concat([pick(rng, samples), mutate(rng, samples, DICTIONARY), pick(rng, samples)]);
      try {
        check(bytes, inPieces(rng, bytes));
      } catch (error) {
        throw new Error(`seed ${seed}, input ${i}: ${JSON.stringify(bytes.toString('latin1'))}`, { cause: error });
      }
    }
  },
};

function check(bytes: Buffer, pieces: readonly Buffer[]): void {
  const decoder = new FrameDecoder();
  const whole = decoder.push(bytes).map((payload) => payload.toString('latin1'));
  const piecemeal = new FrameDecoder();
  const chunked = pieces.flatMap((piece) => piecemeal.push(piece)).map((payload) => payload.toString('latin1'));
  if (chunked.join('\0') !== whole.join('\0')) throw new Error('chunks make a difference');
  if (piecemeal.breach !== decoder.breach) throw new Error('chunks change whether the stream is broken');
  const again = new FrameDecoder()
    .push(Buffer.concat(whole.map((payload) => reframed(payload))))
    .map((payload) => payload.toString('latin1'));
  if (again.join('\0') !== whole.join('\0')) throw new Error('written again it reads otherwise');
}

/** The payload as a frame of its own, its first line as meta where there is more. */
function reframed(payload: string): Buffer {
  const bytes = Buffer.from(payload, 'latin1');
  const end = bytes.indexOf('\r\n');
  const meta = end < 0 ? bytes : bytes.subarray(0, end);
  // A meta line that is not UTF-8 cannot be written from text; then the frame is put together by hand.
  if (!Buffer.from(meta.toString('utf8')).equals(meta)) return Buffer.concat([Buffer.from(`${bytes.length}#`), bytes]);
  return encodeFrame(meta.toString('utf8'), end < 0 ? undefined : bytes.subarray(end + 2));
}
