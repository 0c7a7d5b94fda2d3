import { randomInt } from 'node:crypto';
import { ParleyError } from '../../shared/errors.ts';
import type { PortPool } from '../rtp/ports.ts';
import { SdpSession } from '../sdp/session.ts';
import { type MediaThread, SystemRefusal } from '../threads/media-thread.ts';
import type { EndpointOpened, RemoteMedia } from '../threads/messages.ts';
import type { EngineEnd, WebRtcGate } from '../webrtc-port.ts';

/** One open endpoint as the main thread knows it. */
export interface Leg {
  endpointId: string;
  kind: 'rtp' | 'webrtc';
  callId: string | undefined;
  thread: MediaThread;
  /** What it says; handed to the threads of those who hear or record it. */
  memory: SharedArrayBuffer;
  /** The pair from the pool; undefined for browser legs. */
  port: number | undefined;
  /** Undefined for browser legs. */
  sdp: SdpSession | undefined;
  /** What the last offer or order to open was answered with. */
  lastSdp: string;
  remote: RemoteMedia | undefined;
  /** The engine's end of a browser leg; undefined for carrier legs. */
  engine: EngineEnd | undefined;
}

/** A taken port is another program's: the next pair is tried, this many times. */
const BIND_TRIES = 20;

export interface LegOpener {
  /** The address of carrier legs, bound and advertised. */
  host: string;
  ports: PortPool;
  /** UTC ms. */
  now: () => number;
  chooseThread: () => MediaThread;
}

/**
 * Opens a carrier leg. `negotiate` gets the leg's new session and returns what goes to the far side and, when it is
 * known already, the far end. Throws `media.noPorts`, `media.noWorker`, and whatever `negotiate` throws.
 */
export async function openRtpLeg(
  opener: LegOpener,
  names: { endpointId: string; callId: string | undefined },
  negotiate: (session: SdpSession) => { sdp: string; remote: RemoteMedia | undefined },
): Promise<Leg> {
  for (let tries = 0; tries < BIND_TRIES; tries++) {
    const port = opener.ports.take(opener.now());
    if (port === undefined) break;
    try {
      return await openOn(port, opener, names, negotiate);
    } catch (error) {
      opener.ports.release(port, opener.now());
      if (!(error instanceof SystemRefusal)) throw error;
    }
  }
  throw new ParleyError('media.noPorts', { inUse: opener.ports.inUse });
}

async function openOn(
  port: number,
  { host, chooseThread }: LegOpener,
  { endpointId, callId }: { endpointId: string; callId: string | undefined },
  negotiate: (session: SdpSession) => { sdp: string; remote: RemoteMedia | undefined },
): Promise<Leg> {
  const session = new SdpSession({ ip: host, rtpPort: port });
  const { sdp, remote } = negotiate(session);
  const thread = chooseThread();
  const opened = (await thread.order({
    order: 'open',
    endpoint: {
      endpointId,
      kind: 'rtp',
      law: remote?.law ?? 'PCMU',
      ssrc: newSsrc(),
      ip: host,
      rtpPort: port,
      rtcpPort: port + 1,
      remote,
    },
  })) as EndpointOpened;
  const { memory } = opened;
  const kind = 'rtp';
  return { endpointId, kind, callId, thread, memory, port, sdp: session, lastSdp: sdp, remote, engine: undefined };
}

const LOOPBACK = '127.0.0.1';

/** Opens the engine's end of a browser leg and joins it to the gate. Throws what the gate throws. */
export async function openWebRtcLeg(
  endpointId: string,
  thread: MediaThread,
  gate: WebRtcGate,
): Promise<{ leg: Leg; offer: Record<string, unknown> }> {
  const ssrc = newSsrc();
  const opened = (await thread.order({
    order: 'open',
    endpoint: {
      endpointId,
      kind: 'webrtc',
      law: 'PCMU',
      ssrc,
      ip: LOOPBACK,
      rtpPort: 0,
      rtcpPort: undefined,
      remote: undefined,
    },
  })) as EndpointOpened;
  try {
    const engine: EngineEnd = { ip: LOOPBACK, port: opened.rtpPort, ssrc, payloadType: 0 };
    const { offer, sendTo } = await gate.open(endpointId, engine);
    const remote: RemoteMedia = {
      ip: sendTo.ip,
      port: sendTo.port,
      rtcpPort: sendTo.port,
      rtcpMux: true,
      law: 'PCMU',
      payloadType: 0,
      eventPayloadType: undefined,
      sends: true,
      receives: true,
    };
    await thread.order({ order: 'setRemote', endpointId, remote });
    const { memory } = opened;
    const leg: Leg = {
      endpointId,
      kind: 'webrtc',
      callId: undefined,
      thread,
      memory,
      port: undefined,
      sdp: undefined,
      lastSdp: '',
      remote,
      engine,
    };
    return { leg, offer: { ...offer } };
  } catch (error) {
    gate.close(endpointId);
    await thread.order({ order: 'close', endpointId }).catch(() => {});
    throw error;
  }
}

function newSsrc(): number {
  return randomInt(1, 0xffffffff);
}
