import type { StartWebRtcGate, WebRtcListener } from '../../src/media/webrtc-port.ts';
import { ParleyError } from '../../src/shared/errors.ts';
import { RtpPhone } from './rtp-phone.ts';

/** A browsers' side without browsers: behind each leg stands an RTP phone, which a test lets speak and listen. */
export class PhoneGate {
  /** The phones by endpoint, in the order they were opened. */
  readonly phones = new Map<string, RtpPhone>();
  #listener: WebRtcListener | undefined;

  readonly start: StartWebRtcGate = async ({ listener }) => {
    this.#listener = listener;
    const unasked = (): Promise<never> => Promise.reject(new ParleyError('media.badOrder'));
    return {
      open: async (endpointId, engine) => {
        const phone = await RtpPhone.open({ eventPayloadType: undefined });
        this.phones.set(endpointId, phone);
        phone.start(`c=IN IP4 ${engine.ip}\r\nm=audio ${engine.port} RTP/AVP 0\r\n`);
        const transport = { id: `${endpointId}-t`, iceParameters: {}, iceCandidates: [], dtlsParameters: {} };
        return {
          offer: { routerRtpCapabilities: {}, send: transport, receive: transport },
          sendTo: { ip: phone.host, port: phone.port },
        };
      },
      connect: async (endpointId) => listener.state(endpointId, 'connected'),
      produce: async () => ({ producerId: 'producer' }),
      consume: unasked,
      restartIce: unasked,
      close: (endpointId) => {
        this.phones.get(endpointId)?.close();
        this.phones.delete(endpointId);
      },
      stop: async () => {
        for (const phone of this.phones.values()) phone.close();
      },
    };
  };

  /** The newest phone whose endpoint begins with this. */
  phone(prefix: string): RtpPhone {
    const found = [...this.phones].findLast(([endpointId]) => endpointId.startsWith(prefix));
    if (!found) throw new Error(`no phone ${prefix}`);
    return found[1];
  }

  /** The browser's line breaks or comes back. */
  moved(prefix: string, state: 'connected' | 'disconnected'): void {
    for (const endpointId of this.phones.keys())
      if (endpointId.startsWith(prefix)) this.#listener?.state(endpointId, state);
  }
}
