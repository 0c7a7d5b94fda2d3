import { randomUUID } from 'node:crypto';

/** Where a message came from or went to, as an App is told. Empty strings and port 0 mean "nowhere": made by us. */
export interface FrameMeta {
  source: 'network' | 'application';
  /** Size of the SIP message on the wire; 0 when it never was on a wire. */
  bytes: number;
  protocol: string;
  address: string;
  port: number;
  /** UTC ms since 1970. */
  atMs: number;
}

/** The transactionId of a request that the server made by itself. */
export const UNSOLICITED = 'unsolicited';

const DAY_MS = 86_400_000;
const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`);

/** UTC time of day with six decimals, `03:23:26.228000`. */
export function frameTime(atMs: number): string {
  const ms = atMs % DAY_MS;
  const seconds = Math.floor(ms / 1000);
  const clock = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return `${clock}.${String(ms % 1000).padStart(3, '0')}000`;
}

function metaTokens(meta: FrameMeta): string {
  return `${meta.source}|${meta.bytes}|${meta.protocol}|${meta.address}|${meta.port}|${frameTime(meta.atMs)}`;
}

/** A request outside any dialog; the App is also told which of our addresses took it. */
export function newRequestFrame(
  meta: FrameMeta,
  transactionId: string,
  local: { address: string; port: number },
): string {
  return `${randomUUID()}|sip|${metaTokens(meta)}|${transactionId}||${local.address}|${local.port}|`;
}

/** Every other message from the network, and requests of our own (`transactionId` is then `unsolicited`). */
export function messageFrame(meta: FrameMeta, transactionId: string, dialogId: string): string {
  return `${randomUUID()}|sip|${metaTokens(meta)}|${transactionId}|${dialogId}|`;
}

function answer(to: string, rest: string): string {
  return `${randomUUID()}|response|${to}|${rest}`;
}

export function okFrame(to: string, extra?: string): string {
  return answer(to, extra === undefined ? 'OK' : `OK|${extra}`);
}

/** Refused; the connection goes on. */
export function nokFrame(to: string, why: string): string {
  return answer(to, `NOK|${why}`);
}

/** Refused, and the connection is closed next. */
export function noFrame(to: string, why: string): string {
  return answer(to, `NO|${why}`);
}

/** Echo of a request that the App asked for: ten tokens after the id. */
export function requestSentFrame(to: string, meta: FrameMeta, transactionId: string): string {
  return answer(to, `OK|${metaTokens(meta)}|${transactionId}|Msg sent:|`);
}

/** Echo of a response that the App asked for: twelve tokens after the id, `dialogId` empty when there is none. */
export function responseSentFrame(to: string, meta: FrameMeta, transactionId: string, dialogId: string): string {
  return answer(to, `OK|${metaTokens(meta)}|${transactionId}|${dialogId}||Msg sent:|`);
}
