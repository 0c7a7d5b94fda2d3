import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { AudioStore, RecordingCatalogue, RecordingFormat } from '../../recordings/recording-store.ts';
import { ParleyError } from '../../shared/errors.ts';
import { readByteRange } from './byte-range.ts';

const ENDING: Record<RecordingFormat, string> = { opus: 'ogg', mp3: 'mp3', wav: 'wav' };

/** Sends a recording, whole (200) or the part asked for (206), so that a player can seek. */
export async function sendAudio(
  stores: { recordings: RecordingCatalogue; audio: Pick<AudioStore, 'open'> },
  asked: { recordingId: string; format: RecordingFormat },
  request: Request,
  response: Response,
): Promise<void> {
  const found = await stores.recordings.audio(asked.recordingId, asked.format);
  const whole = found && (await stores.audio.open(found.key));
  if (!found || !whole) throw new ParleyError('recording.unknown', { ...asked });

  const tag = `"${createHash('sha256').update(`${found.key} ${whole.size}`).digest('base64url').slice(0, 20)}"`;
  response.set({
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'private, no-cache',
    'Content-Disposition': `inline; filename="${asked.recordingId}.${ENDING[asked.format]}"`,
    ETag: tag,
  });
  const ifRange = request.get('if-range');
  const range = readByteRange(ifRange === undefined || ifRange === tag ? request.get('range') : undefined, whole.size);
  if (range === 'whole') {
    response.status(200).type(found.contentType).set('Content-Length', String(whole.size));
    return send(whole.stream, response);
  }
  close(whole.stream);
  if (range === 'none') {
    response.set('Content-Range', `bytes */${whole.size}`);
    throw new ParleyError('request.badRange', { ...asked });
  }
  const part = await stores.audio.open(found.key, range);
  if (!part) throw new ParleyError('recording.unknown', { ...asked });
  response
    .status(206)
    .type(found.contentType)
    .set({
      'Content-Range': `bytes ${range.start}-${range.end - 1}/${whole.size}`,
      'Content-Length': String(range.end - range.start),
    });
  return send(part.stream, response);
}

async function send(stream: NodeJS.ReadableStream, response: Response): Promise<void> {
  if (response.req.method === 'HEAD') {
    close(stream);
    response.end();
    return;
  }
  try {
    await pipeline(stream, response);
  } catch (error) {
    // A player that seeks drops the old request; that is its right.
    if (!response.destroyed) throw error;
  }
}

function close(stream: NodeJS.ReadableStream): void {
  if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
}
