/** G.711 by table (ITU-T G.711). Linear samples are 16-bit; one byte of G.711 is one sample at 8 kHz. */

export type Law = 'PCMU' | 'PCMA';

/** Samples, and so bytes of G.711, in a millisecond. */
export const SAMPLES_PER_MS = 8;

/** 20 ms of G.711. */
export const FRAME_SAMPLES = 160;
export const FRAME_MS = 20;

function linearOfUlaw(code: number): number {
  const bits = ~code & 0xff;
  const magnitude = ((((bits & 0x0f) << 3) + 0x84) << ((bits & 0x70) >> 4)) - 0x84;
  return bits & 0x80 ? -magnitude : magnitude;
}

function linearOfAlaw(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits & 0x70) >> 4;
  const mantissa = (bits & 0x0f) << 4;
  const magnitude = segment === 0 ? mantissa + 8 : (mantissa + 0x108) << (segment - 1);
  return bits & 0x80 ? magnitude : -magnitude;
}

const ULAW_TO_LINEAR = Int16Array.from({ length: 256 }, (_, code) => linearOfUlaw(code));
const ALAW_TO_LINEAR = Int16Array.from({ length: 256 }, (_, code) => linearOfAlaw(code));

/** For every 16-bit sample, shifted up by 32768, the code whose value lies nearest. */
function nearestCodes(values: Int16Array): Uint8Array {
  const codes = Array.from(values, (value, code) => ({ value, code })).sort((a, b) => a.value - b.value);
  const table = new Uint8Array(65_536);
  let at = 0;
  for (let sample = -32_768; sample <= 32_767; sample++) {
    for (;;) {
      const here = codes[at];
      const next = codes[at + 1];
      if (!here || !next || Math.abs(next.value - sample) > Math.abs(here.value - sample)) break;
      at++;
    }
    table[sample + 32_768] = codes[at]?.code ?? 0;
  }
  return table;
}

const LINEAR_TO_ULAW = nearestCodes(ULAW_TO_LINEAR);
const LINEAR_TO_ALAW = nearestCodes(ALAW_TO_LINEAR);

/** 256 entries: code → sample. */
export function decodeTable(law: Law): Int16Array {
  return law === 'PCMU' ? ULAW_TO_LINEAR : ALAW_TO_LINEAR;
}

/** 65,536 entries: sample + 32768 → code. */
export function encodeTable(law: Law): Uint8Array {
  return law === 'PCMU' ? LINEAR_TO_ULAW : LINEAR_TO_ALAW;
}

const SAME = Uint8Array.from({ length: 256 }, (_, code) => code);
const ULAW_TO_ALAW = Uint8Array.from(ULAW_TO_LINEAR, (sample) => LINEAR_TO_ALAW[sample + 32_768] ?? 0);
const ALAW_TO_ULAW = Uint8Array.from(ALAW_TO_LINEAR, (sample) => LINEAR_TO_ULAW[sample + 32_768] ?? 0);

/** 256 entries: code of one law → nearest code of the other. */
export function convertTable(from: Law, to: Law): Uint8Array {
  if (from === to) return SAME;
  return from === 'PCMU' ? ULAW_TO_ALAW : ALAW_TO_ULAW;
}

/** The byte that says zero. */
export function silenceByte(law: Law): number {
  return law === 'PCMU' ? 0xff : 0xd5;
}

/** The static RTP payload types of RFC 3551. */
export function staticPayloadType(law: Law): 0 | 8 {
  return law === 'PCMU' ? 0 : 8;
}

/** Linear samples as G.711, into `out` when given. */
export function encode(samples: Int16Array, law: Law, out: Uint8Array = new Uint8Array(samples.length)): Uint8Array {
  const table = encodeTable(law);
  for (let i = 0; i < samples.length; i++) out[i] = table[(samples[i] ?? 0) + 32_768] ?? 0;
  return out;
}

/** G.711 as linear samples. */
export function decode(bytes: Uint8Array, law: Law): Int16Array {
  const table = decodeTable(law);
  return Int16Array.from(bytes, (code) => table[code] ?? 0);
}
