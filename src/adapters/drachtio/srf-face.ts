import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/**
 * What we use of drachtio-srf, as it really is in 5.0.29; its own types leave much of this out. Nothing else in the house
 * knows the library.
 */
export interface SrfMessage {
  readonly method: string;
  readonly uri: string;
  /** Empty or absent without one. */
  readonly body?: string;
  readonly source_address: string;
  get(header: string): string | undefined;
}

export interface SrfRequest extends SrfMessage {
  on(event: 'cancel', listener: () => void): void;
  on(event: 'response', listener: (response: { status: number }) => void): void;
  /** Takes back an INVITE of ours. */
  cancel(callback: (error?: unknown) => void): void;
}

export interface SrfResponse {
  readonly finalResponseSent: boolean;
  /** Throws for a status that SIP does not know. */
  send(status: number, options?: { headers?: Record<string, string>; body?: string }): void;
}

type InDialog = (request: SrfRequest, response: SrfResponse) => void;

export interface SrfDialog {
  readonly id: string;
  readonly local: { contact: string };
  remote: { sdp?: string };
  /** A BYE came, or the server ended the dialog by itself and says why. */
  on(event: 'destroy', listener: (request: SrfRequest, reason?: string) => void): void;
  /** The ACK to a 2xx of ours, of the call's INVITE and of each later one. */
  on(event: 'ack', listener: (request: SrfRequest) => void): void;
  on(event: 'modify' | 'update' | 'info' | 'refer' | 'message' | 'notify', listener: InDialog): void;
  destroy(options: { headers: Record<string, string> }, callback: (error?: unknown) => void): void;
}

export interface Srf {
  connect(options: object): void;
  disconnect(): void;
  on(event: 'connect', listener: (error: Error | null | undefined, hostPorts: string) => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  on(event: 'close', listener: () => void): void;
  invite(handler: InDialog): void;
  options(handler: InDialog): void;
  use(method: string, handler: InDialog): void;
  /** The callback may be called twice: with an error when the caller cancels, and with the dialog if the answer got out first. */
  createUAS(
    request: SrfRequest,
    response: SrfResponse,
    options: { localSdp: string; headers?: Record<string, string> },
    callback: (error: unknown, dialog?: SrfDialog) => void,
  ): void;
  /**
   * Calls. Of the callbacks, `cbRequest` comes first (or an error, which comes to `callback` too), then any number of provisional
   * answers, then `callback`: with the dialog, or with an error that has the `status` and `reason` of the refusal where there was one.
   */
  createUAC(
    uri: string,
    options: {
      localSdp: string;
      callingNumber: string;
      headers: Record<string, string>;
      auth?: { username: string; password: string };
    },
    progress: {
      cbRequest: (error: unknown, request?: SrfRequest) => void;
      cbProvisional: (response: { status: number }) => void;
    },
    callback: (error: unknown, dialog?: SrfDialog) => void,
  ): void;
  request(
    uri: string,
    options: { method: string; stackDialogId: string; headers: Record<string, string> },
    callback: (error: unknown, request?: SrfRequest) => void,
  ): void;
}

const load = createRequire(import.meta.url);

/** A fresh srf, not connected yet. */
export function makeSrf(): Srf {
  const Srf = load('drachtio-srf') as new () => Srf;
  return new Srf();
}

/** What srf keeps of its connections and does not show. It can ping by itself (`enablePing`), but nobody hears whether an answer comes. */
interface SrfInside {
  _app: {
    client: {
      mapServer: Map<Socket, { pendingRequests: Map<string, () => void> }>;
      wp: { send(socket: Socket, order: string): string };
    };
  };
}

/** Asks the server for a sign of life. Does nothing without a connection. */
export function ping(srf: Srf, answered: () => void): void {
  const { client } = (srf as unknown as SrfInside)._app;
  for (const [socket, { pendingRequests }] of client.mapServer) {
    pendingRequests.set(client.wp.send(socket, 'ping'), answered);
  }
}
