import { ParleyError } from '../../shared/errors.ts';
import type { PlaySource } from '../player/source.ts';
import type { PlayItem } from '../protocol/messages.ts';
import { applyTables, type Exchange, legOf, type OrderOf } from './exchange.ts';
import { type Leg, openRtpLeg, openWebRtcLeg } from './legs.ts';

/** The orders about one endpoint. Those of one endpoint are carried out one after the other. */

export async function openRtp(exchange: Exchange, order: OrderOf<'endpoint.openRtp'>): Promise<{ sdp: string }> {
  const open = exchange.legs.get(order.endpointId);
  if (open?.engine) throw openAlready('a browser leg');
  if (open) return { sdp: open.lastSdp };
  return addRtpLeg(exchange, order, (session) => session.answer(order.offer));
}

export async function offerRtp(exchange: Exchange, order: OrderOf<'endpoint.offerRtp'>): Promise<{ sdp: string }> {
  const open = exchange.legs.get(order.endpointId);
  if (open?.engine) throw openAlready('a browser leg');
  if (open) return { sdp: open.lastSdp };
  return addRtpLeg(exchange, order, (session) => ({ sdp: session.offer(), remote: undefined }));
}

async function addRtpLeg(
  exchange: Exchange,
  { endpointId, callId }: { endpointId: string; callId?: string | undefined },
  negotiate: Parameters<typeof openRtpLeg>[2],
): Promise<{ sdp: string }> {
  const { host, ports, now, crew, legs } = exchange;
  const opener = { host, ports, now, chooseThread: () => crew.choose(legs.values()) };
  const leg = await openRtpLeg(opener, { endpointId, callId }, negotiate);
  legs.set(endpointId, leg);
  return { sdp: leg.lastSdp };
}

export async function setRemote(exchange: Exchange, order: OrderOf<'endpoint.setRemote'>): Promise<object> {
  const leg = legOf(exchange, order.endpointId);
  leg.remote = sessionOf(leg).takeAnswer(order.answer);
  await leg.thread.order({ order: 'setRemote', endpointId: leg.endpointId, remote: leg.remote });
  return {};
}

export async function reoffer(exchange: Exchange, order: OrderOf<'endpoint.reoffer'>): Promise<{ sdp: string }> {
  const leg = legOf(exchange, order.endpointId);
  const { sdp, remote } = sessionOf(leg).answer(order.offer);
  leg.remote = remote;
  leg.lastSdp = sdp;
  await leg.thread.order({ order: 'setRemote', endpointId: leg.endpointId, remote });
  return { sdp };
}

export async function offerAgain(exchange: Exchange, order: OrderOf<'endpoint.offerAgain'>): Promise<{ sdp: string }> {
  const leg = legOf(exchange, order.endpointId);
  leg.lastSdp = sessionOf(leg).offer(leg.remote);
  return { sdp: leg.lastSdp };
}

function openAlready(as: string): ParleyError {
  return new ParleyError('media.badOrder', {}, { text: `This endpoint is open already, as ${as}` });
}

function sessionOf(leg: Leg): NonNullable<Leg['sdp']> {
  if (!leg.sdp) throw new ParleyError('media.badOrder', {}, { text: 'A browser leg has no session description' });
  return leg.sdp;
}

export async function openWebRtc(
  exchange: Exchange,
  { endpointId }: OrderOf<'endpoint.openWebRtc'>,
): Promise<Record<string, unknown>> {
  const { gate, legs, crew } = exchange;
  const open = legs.get(endpointId);
  if (open?.engine) return { ...(await gate.open(endpointId, open.engine)).offer };
  if (open) throw openAlready('a carrier leg');
  const { leg, offer } = await openWebRtcLeg(endpointId, crew.choose(legs.values()), gate);
  legs.set(endpointId, leg);
  return offer;
}

export async function close(exchange: Exchange, { endpointId }: OrderOf<'endpoint.close'>): Promise<object> {
  const leg = exchange.legs.get(endpointId);
  if (leg) await removeLeg(exchange, leg);
  return {};
}

/** Ends a leg and takes it out of every table. */
export async function removeLeg(exchange: Exchange, leg: Leg): Promise<void> {
  const { legs, tables, gate, ports, now } = exchange;
  legs.delete(leg.endpointId);
  const listeners = tables.forget(leg.endpointId);
  if (leg.kind === 'webrtc') gate.close(leg.endpointId);
  await leg.thread.order({ order: 'close', endpointId: leg.endpointId }).catch(() => {});
  if (leg.port !== undefined) ports.release(leg.port, now());
  await applyTables(exchange, listeners).catch(() => {});
}

export async function play(exchange: Exchange, order: OrderOf<'endpoint.play'>): Promise<object> {
  const { endpointId, playId, loop } = order;
  const leg = legOf(exchange, endpointId);
  const law = leg.remote?.law ?? 'PCMU';
  const items = await Promise.all(order.items.map((item) => sourceOf(exchange, item, law)));
  const ready = items.filter((item) => item !== undefined);
  if (ready.length < items.length) {
    exchange.tell({ fact: 'playEnded', at: exchange.now(), endpointId, playId, reason: 'missingPrompt' });
    await leg.thread.order({ order: 'stopPlay', endpointId, playId: undefined });
    return {};
  }
  await leg.thread.order({ order: 'play', endpointId, playId, items: ready, loop });
  return {};
}

async function sourceOf(exchange: Exchange, item: PlayItem, law: 'PCMU' | 'PCMA'): Promise<PlaySource | undefined> {
  switch (item.type) {
    case 'prompt': {
      const bytes = await exchange.prompts.get(item.hash, law);
      return bytes && { kind: 'bytes', law, bytes };
    }
    case 'tone':
      return {
        kind: 'tone',
        frequenciesHz: item.frequenciesHz,
        durationMs: item.durationMs,
        levelDbov: item.levelDbov,
      };
    case 'silence':
      return { kind: 'silence', durationMs: item.durationMs };
  }
}

export async function stopPlay(exchange: Exchange, order: OrderOf<'endpoint.stopPlay'>): Promise<object> {
  const { thread, endpointId } = legOf(exchange, order.endpointId);
  await thread.order({ order: 'stopPlay', endpointId, playId: order.playId });
  return {};
}

/** The answer comes when the last digit is out; other orders of the endpoint need not wait for it. */
export async function sendDigits(exchange: Exchange, order: OrderOf<'endpoint.sendDigits'>): Promise<object> {
  const { thread, endpointId } = legOf(exchange, order.endpointId);
  const { digits, durationMs, gapMs } = order;
  await thread.order({ order: 'sendDigits', endpointId, digits, durationMs, gapMs });
  return {};
}

export async function setSecure(exchange: Exchange, order: OrderOf<'endpoint.setSecure'>): Promise<object> {
  const { thread, endpointId } = legOf(exchange, order.endpointId);
  await thread.order({ order: 'setSecure', endpointId, on: order.on });
  return {};
}
