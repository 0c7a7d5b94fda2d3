import type { Inventory, MediaOrder } from '../protocol/messages.ts';
import * as endpoint from './endpoint-orders.ts';
import { type Exchange, legOf } from './exchange.ts';
import * as recording from './recording-orders.ts';

/** Carries out one order of the protocol; the answer is its result. Rejects with `ParleyError`; nothing has changed then. */
export function carryOut(exchange: Exchange, order: Exclude<MediaOrder, { order: 'hello' }>): Promise<object> {
  switch (order.order) {
    case 'inventory':
      return Promise.resolve(inventory(exchange));
    case 'endpoint.sendDigits':
      return endpoint.sendDigits(exchange, order);
    case 'bridge.set':
      return recording.setBridge(exchange, order);
    case 'bridge.close':
      return recording.closeBridge(exchange, order);
    case 'record.start':
    case 'record.setRight':
    case 'record.pause':
    case 'record.resume':
    case 'record.stop':
      return exchange.turns.run(`recording ${order.recordingId}`, () => ofRecording(exchange, order));
    default:
      return exchange.turns.run(`endpoint ${order.endpointId}`, () => ofEndpoint(exchange, order));
  }
}

type RecordingOrder = Extract<MediaOrder, { order: `record.${string}` }>;
type EndpointOrder = Exclude<Extract<MediaOrder, { endpointId: string }>, { order: 'endpoint.sendDigits' }>;

function ofRecording(exchange: Exchange, order: RecordingOrder): Promise<object> {
  switch (order.order) {
    case 'record.start':
      return recording.startRecording(exchange, order);
    case 'record.setRight':
      return recording.setRight(exchange, order);
    case 'record.pause':
    case 'record.resume':
      return recording.pauseOrResume(exchange, order);
    case 'record.stop':
      return recording.stopRecording(exchange, order);
  }
}

function ofEndpoint(exchange: Exchange, order: EndpointOrder): Promise<object> {
  switch (order.order) {
    case 'endpoint.openRtp':
      return endpoint.openRtp(exchange, order);
    case 'endpoint.offerRtp':
      return endpoint.offerRtp(exchange, order);
    case 'endpoint.setRemote':
      return endpoint.setRemote(exchange, order);
    case 'endpoint.reoffer':
      return endpoint.reoffer(exchange, order);
    case 'endpoint.offerAgain':
      return endpoint.offerAgain(exchange, order);
    case 'endpoint.openWebRtc':
      return endpoint.openWebRtc(exchange, order);
    case 'endpoint.close':
      return endpoint.close(exchange, order);
    case 'endpoint.play':
      return endpoint.play(exchange, order);
    case 'endpoint.stopPlay':
      return endpoint.stopPlay(exchange, order);
    case 'endpoint.setSecure':
      return endpoint.setSecure(exchange, order);
    default:
      return ofBrowser(exchange, order);
  }
}

type BrowserOrder = Extract<
  MediaOrder,
  { order: 'endpoint.connectWebRtc' | 'endpoint.produce' | 'endpoint.consume' | 'endpoint.restartIce' }
>;

async function ofBrowser(exchange: Exchange, order: BrowserOrder): Promise<object> {
  const { gate } = exchange;
  const { endpointId } = legOf(exchange, order.endpointId);
  switch (order.order) {
    case 'endpoint.connectWebRtc':
      await gate.connect(endpointId, order.transportId, order.dtlsParameters);
      return {};
    case 'endpoint.produce':
      return gate.produce(endpointId, order.rtpParameters);
    case 'endpoint.consume':
      return gate.consume(endpointId, order.rtpCapabilities);
    case 'endpoint.restartIce':
      return gate.restartIce(endpointId, order.transportId);
  }
}

function inventory({ legs, tables, recordings }: Exchange): Inventory {
  return {
    endpoints: [...legs.values()].map(({ endpointId, kind, callId }) => ({ endpointId, kind, ...named(callId) })),
    bridges: tables.list(),
    recordings: [...recordings.values()].map(({ recordingId, callId, file, state }) => ({
      recordingId,
      ...named(callId),
      file,
      state,
    })),
  };
}

function named(callId: string | undefined): { callId?: string } {
  return callId === undefined ? {} : { callId };
}
