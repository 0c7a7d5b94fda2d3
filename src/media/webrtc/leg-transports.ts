import type { types } from 'mediasoup';
import type { EngineEnd, WebRtcGate } from '../webrtc-port.ts';
import { INNER_PORTS, PCMU, type RunningWorker } from './worker-slot.ts';

type Opened = Awaited<ReturnType<WebRtcGate['open']>>;
type Offered = Opened['offer']['send'];

/** How long a browser may stay silent before it counts as away, in ms: some four of its checks (RFC 7675, section 5.1). */
const CONSENT_SECONDS = 10;

/** What mediasoup holds for one leg. Closing the transports closes all that lives on them. */
export interface LegTransports {
  /** From the browser, and to it. */
  send: types.WebRtcTransport;
  receive: types.WebRtcTransport;
  browser: readonly types.WebRtcTransport[];
  engine: types.PlainTransport;
  /** What the engine says, ready to be consumed. */
  fromEngine: types.Producer;
  opened: Opened;
  close(): void;
}

/** Makes a leg's transports on this worker, or none of them. */
export async function openTransports(worker: RunningWorker, end: EngineEnd): Promise<LegTransports> {
  const { router, server } = worker;
  const made: types.Transport[] = [];
  const keep = <T extends types.Transport>(transport: T): T => {
    made.push(transport);
    return transport;
  };
  const close = () => {
    for (const transport of made) transport.close();
  };
  try {
    const toBrowser = { webRtcServer: server, preferUdp: true, iceConsentTimeout: CONSENT_SECONDS } as const;
    const send = keep(await router.createWebRtcTransport(toBrowser));
    const receive = keep(await router.createWebRtcTransport(toBrowser));
    const engine = keep(
      await router.createPlainTransport({
        listenInfo: { protocol: 'udp', ip: end.ip, portRange: INNER_PORTS },
        rtcpMux: true,
        comedia: false,
      }),
    );
    await engine.connect({ ip: end.ip, port: end.port });
    const fromEngine = await engine.produce({
      kind: 'audio',
      rtpParameters: {
        codecs: [{ mimeType: PCMU.mimeType, payloadType: end.payloadType, clockRate: PCMU.clockRate, channels: 1 }],
        encodings: [{ ssrc: end.ssrc }],
      },
    });
    const opened: Opened = {
      offer: {
        routerRtpCapabilities: { ...router.rtpCapabilities },
        send: offered(send),
        receive: offered(receive),
      },
      sendTo: { ip: engine.tuple.localAddress, port: engine.tuple.localPort },
    };
    return { send, receive, browser: [send, receive], engine, fromEngine, opened, close };
  } catch (error) {
    close();
    throw error;
  }
}

function offered(transport: types.WebRtcTransport): Offered {
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport;
  return {
    id,
    iceParameters: { ...iceParameters },
    iceCandidates: iceCandidates.map((candidate) => ({ ...candidate })),
    dtlsParameters: { ...dtlsParameters },
  };
}
