import { ParleyError } from '../../shared/errors.ts';
import { applyTables, type Exchange, legOf, type OrderOf, ringOf } from './exchange.ts';

/** The orders about bridges and recordings. */

export async function setBridge(exchange: Exchange, order: OrderOf<'bridge.set'>): Promise<object> {
  for (const [listener, speakers] of Object.entries(order.hears)) {
    for (const endpointId of [listener, ...speakers]) legOf(exchange, endpointId);
  }
  await applyTables(exchange, exchange.tables.set(order.bridgeId, order.hears, order.callId));
  return {};
}

export async function closeBridge(exchange: Exchange, order: OrderOf<'bridge.close'>): Promise<object> {
  await applyTables(exchange, exchange.tables.close(order.bridgeId));
  return {};
}

export async function startRecording(exchange: Exchange, order: OrderOf<'record.start'>): Promise<object> {
  const { recordingId, callId, file, channels } = order;
  if (exchange.recordings.has(recordingId)) return {};
  if ([...exchange.recordings.values()].some((other) => other.file === file)) {
    throw new ParleyError('media.badOrder', {}, { text: `Another recording writes ${file}` });
  }
  const left = legOf(exchange, order.left);
  const right = order.right.map((endpointId) => ringOf(legOf(exchange, endpointId)));
  const { thread } = left;
  exchange.recordings.set(recordingId, { recordingId, callId, file, thread, state: 'running' });
  const recording = { recordingId, callId, file, folder: exchange.recordingsDir, left: ringOf(left), right, channels };
  try {
    await thread.order({ order: 'record.start', recording });
  } catch (error) {
    exchange.recordings.delete(recordingId);
    throw error;
  }
  return {};
}

export async function setRight(exchange: Exchange, order: OrderOf<'record.setRight'>): Promise<object> {
  const recording = recordingOf(exchange, order.recordingId);
  const right = order.right.map((endpointId) => ringOf(legOf(exchange, endpointId)));
  await recording.thread.order({ order: 'record.setRight', recordingId: recording.recordingId, right });
  return {};
}

export async function pauseOrResume(
  exchange: Exchange,
  { order, recordingId }: OrderOf<'record.pause' | 'record.resume'>,
): Promise<object> {
  const recording = recordingOf(exchange, recordingId);
  await recording.thread.order({ order, recordingId });
  recording.state = order === 'record.pause' ? 'paused' : 'running';
  return {};
}

/** Stopping what is stopped answers as before; the file's end is a fact. */
export async function stopRecording(
  exchange: Exchange,
  { order, recordingId }: OrderOf<'record.stop'>,
): Promise<object> {
  await exchange.recordings.get(recordingId)?.thread.order({ order, recordingId });
  return {};
}

function recordingOf(exchange: Exchange, recordingId: string) {
  const recording = exchange.recordings.get(recordingId);
  if (!recording) throw new ParleyError('recording.unknown', { recordingId });
  return recording;
}
