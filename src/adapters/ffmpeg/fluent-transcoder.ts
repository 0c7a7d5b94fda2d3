import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import ffmpeg from 'fluent-ffmpeg';
import type { Transcoder } from '../../recordings/recording-store.ts';

/** How an encoder is asked for; plain options, so that the library does not question ffmpeg about each of them. */
const ENCODER: Record<'opus' | 'mp3', { ending: string; options: string[] }> = {
  // 32 kbit/s in stereo. In its speech mode the encoder lets one side leak into the other at 34 dB; in this one, 70 dB.
  opus: { ending: '.ogg', options: ['-c:a', 'libopus', '-b:a', '32k', '-application', 'audio'] },
  // Both sides for themselves, and 16 kHz, below which some players refuse MP3.
  mp3: { ending: '.mp3', options: ['-c:a', 'libmp3lame', '-b:a', '48k', '-joint_stereo', '0', '-ar', '16000'] },
};

/** The lowest of priorities but one: a call's audio always goes first. */
const NICENESS = 15;
/** Lines of ffmpeg's own words in an error. */
const LAST_WORDS = 5;

/** Transcodes with the system's ffmpeg, as a child process of low priority. */
export function fluentTranscoder(): Transcoder {
  return {
    transcode: async (input, output, format, signal) => {
      signal?.throwIfAborted();
      const { ending, options } = ENCODER[format];
      // The file's ending tells ffmpeg the container.
      const half = join(dirname(output), `part-${basename(output)}${ending}`);
      try {
        await run(input, half, options, signal);
        await rename(half, output);
      } finally {
        await rm(half, { force: true });
      }
    },
  };
}

function run(input: string, output: string, options: string[], signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const command = ffmpeg(input, { niceness: NICENESS });
    surviveFailedStart(command);
    // The library's own kill does nothing before the child runs, and is lost then.
    const kill = (): unknown => command.kill('SIGKILL');
    const settle = (done: () => void): void => {
      signal?.removeEventListener('abort', kill);
      done();
    };
    signal?.addEventListener('abort', kill);
    command
      .inputOptions(['-hide_banner', '-nostdin', '-loglevel', 'error'])
      .outputOptions(['-map_metadata', '-1', '-vn', ...options])
      .on('start', () => {
        if (signal?.aborted) kill();
      })
      .on('end', () => settle(resolve))
      // The library hands over no output when the child never ran.
      .on('error', (error: Error, _stdout: string | null, stderr: string | null) =>
        settle(() => reject(signal?.aborted ? signal.reason : withLastWords(error, stderr ?? ''))),
      )
      .save(output);
  });
}

function withLastWords(error: Error, stderr: string): Error {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const words = lines.slice(-LAST_WORDS).join(' | ');
  const [what] = error.message.split('\n');
  return new Error(words === '' ? `ffmpeg: ${what}` : `ffmpeg: ${words}`, { cause: error });
}

interface LineRing {
  get(): string;
}
type OnEnd = (error: Error | null, stdout?: LineRing, stderr?: LineRing) => void;
type Spawn = (
  args: string[],
  options: object,
  onProcess: OnEnd | ((...rest: unknown[]) => void),
  onEnd?: OnEnd,
) => void;

const NO_LINES: LineRing = { get: () => '' };

/**
 * When the child cannot be started at all (no memory, no more processes), the library reads the output that it never had and
 * throws where nobody can catch it, which would end the program. It is handed an empty output instead.
 */
function surviveFailedStart(command: object): void {
  const inside = command as { _spawnFfmpeg: Spawn };
  const spawn = inside._spawnFfmpeg.bind(command);
  inside._spawnFfmpeg = (args, options, onProcess, onEnd) => {
    if (!onEnd) return spawn(args, options, onProcess);
    return spawn(args, options, onProcess, (error, stdout = NO_LINES, stderr = NO_LINES) =>
      onEnd(error, stdout, stderr),
    );
  };
}
