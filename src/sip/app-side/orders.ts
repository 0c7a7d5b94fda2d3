import { createHash, timingSafeEqual } from 'node:crypto';
import { type AppFrame, readAppFrame } from '../frames/from-app.ts';
import { noFrame, nokFrame, okFrame } from '../frames/to-app.ts';
import { readAppText } from '../messages/app-text.ts';
import { answerFromApp } from '../switch/answers.ts';
import { cancelFromApp } from '../switch/cancel-from-app.ts';
import type { Core } from '../switch/core.ts';
import { sendInDialog } from '../switch/dialog-orders.ts';
import { sendNewRequest } from '../switch/new-outgoing.ts';
import type { AppConnection } from './connection.ts';

/** The version that we announce; Apps ping a server only when it has this form and is at least v0.8.2. */
const VERSION = 'v0.9.10-parley';

export interface OrderRules {
  secret: string;
  /** Called when a connection proved that it knows the secret, or failed to. */
  authenticated(app: AppConnection, ok: boolean): void;
}

/** Performs what one frame of an App asks for. Everything but `authenticate` is refused until the secret was given. */
export function takeAppFrame(core: Core, app: AppConnection, payload: Buffer, rules: OrderRules): void {
  const frame = readAppFrame(payload);
  if (frame.type === 'unreadable') {
    refuseAndClose(app, frame.id, frame.why);
    return;
  }
  if (frame.type === 'authenticate') {
    authenticate(core, app, frame, rules);
    return;
  }
  if (!app.authenticated) {
    refuseAndClose(app, frame.id, 'not authenticated');
    return;
  }
  switch (frame.type) {
    case 'ping':
      app.answer(okFrame(frame.id, 'pong'));
      return;
    case 'route':
      core.routes.add(frame.verb, app);
      app.answer(okFrame(frame.id));
      return;
    case 'remove_route':
      core.routes.remove(frame.verb, app);
      app.answer(okFrame(frame.id));
      return;
    case 'proxy':
      app.answer(nokFrame(frame.id, `Unknown transaction id: ${frame.transactionId}`));
      return;
    case 'sip':
      takeSip(core, app, frame);
      return;
  }
}

function refuseAndClose(app: AppConnection, id: string, why: string): void {
  app.log.warn({ why }, 'app refused');
  app.answer(noFrame(id, why));
  app.close();
}

function authenticate(
  core: Core,
  app: AppConnection,
  frame: Extract<AppFrame, { type: 'authenticate' }>,
  rules: OrderRules,
): void {
  const ok = sameSecret(frame.secret, rules.secret);
  app.authenticated = ok;
  rules.authenticated(app, ok);
  if (!ok) {
    refuseAndClose(app, frame.id, 'incorrect secret');
    return;
  }
  const { transports } = core;
  app.answer(okFrame(frame.id, `${transports.hostports('advertised')}|${VERSION}|${transports.hostports('bound')}`));
}

/** Compares digests, so that neither length nor content shows in the time it takes. */
function sameSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function takeSip(core: Core, app: AppConnection, frame: Extract<AppFrame, { type: 'sip' }>): void {
  const text = readAppText(frame.sip);
  if (text.skipped > 0) app.log.warn({ lines: text.skipped }, 'app sent lines that are no headers');
  const { start } = text;
  if (start.kind === 'unreadable') {
    app.answer(nokFrame(frame.id, `invalid request-uri: ${text.startLine}`));
    return;
  }
  if (start.kind === 'response') {
    if (frame.transactionId === '') {
      refuseAndClose(app, frame.id, 'transaction id missing');
      return;
    }
    answerFromApp(core, app, {
      frameId: frame.id,
      transactionId: frame.transactionId,
      text,
      status: start.status,
      reason: start.reason,
    });
    return;
  }
  const { method, uri } = start;
  if (frame.dialogId !== '') {
    sendInDialog(core, app, { frameId: frame.id, dialogId: frame.dialogId, method, uri, text });
    return;
  }
  if (frame.transactionId !== '') {
    cancelFromApp(core, app, { frameId: frame.id, transactionId: frame.transactionId, text });
    return;
  }
  sendNewRequest(core, app, { frameId: frame.id, method, uri, nextHop: frame.nextHop, text });
}
