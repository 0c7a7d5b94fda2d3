import { runChild } from './child.ts';
import { PROMPT_RATE_HZ, samplesOf } from './wav.ts';

const MAX_SECONDS = 600;

/**
 * Samples of any audio ffmpeg reads: mono at 8000 Hz, without what a phone line does not carry. `source` is a file or the bytes
 * of one. At most ten minutes are read.
 */
export async function decodeAudio(ffmpeg: string, source: { file: string } | { bytes: Buffer }): Promise<Int16Array> {
  const input = 'file' in source ? `file:${source.file}` : 'pipe:0';
  const args = [
    ...['-nostdin', '-v', 'error', '-protocol_whitelist', 'file,pipe', '-i', input],
    ...['-map', '0:a:0', '-t', String(MAX_SECONDS), '-af', 'highpass=f=100,lowpass=f=3600'],
    ...['-ac', '1', '-ar', String(PROMPT_RATE_HZ), '-f', 's16le', 'pipe:1'],
  ];
  const bytes = await runChild(ffmpeg, args, {
    ...('bytes' in source ? { input: source.bytes } : {}),
    timeoutMs: 60_000,
    maxBytes: MAX_SECONDS * PROMPT_RATE_HZ * 2 + 4_096,
  });
  return samplesOf(bytes);
}
