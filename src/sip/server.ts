import type { Logger } from '../shared/logger.ts';
import { SHORTEST_SESSION_S } from '../shared/session-interval.ts';
import { type Clock, systemClock } from '../shared/time.ts';
import type { AppConnection } from './app-side/connection.ts';
import { AppListener } from './app-side/listener.ts';
import { takeAppFrame } from './app-side/orders.ts';
import { RouteTable } from './app-side/routes.ts';
import { DialogDirectory } from './dialog/directory.ts';
import { repeatMachine } from './dialog/repeat-machine.ts';
import { ownAnswer } from './messages/compose.ts';
import { callIdOf } from './messages/read.ts';
import { takeAck } from './switch/acks.ts';
import { loseApp } from './switch/app-lost.ts';
import { takeCancel } from './switch/cancel-from-network.ts';
import type { Core, RepeatTables } from './switch/core.ts';
import { takeDialogRequest } from './switch/dialog-requests.ts';
import { takeNewRequest } from './switch/new-requests.ts';
import { PendingTable } from './switch/pending.ts';
import { Reach } from './switch/reach.ts';
import { answerTarget, hasToTag, TransactionLayer } from './transaction/layer.ts';
import type { ServerTransaction } from './transaction/server-transaction.ts';
import { type TimerValues, timerValues } from './transaction/timers.ts';
import { DEFAULT_SCANNERS } from './transport/scanners.ts';
import { type TransportEvents, Transports } from './transport/transports.ts';
import type { SipMessage } from './wire/message.ts';
import { serialise } from './wire/serialise.ts';

export interface SipServerOptions {
  /** Address for SIP over UDP and TCP. */
  host: string;
  /** SIP port; 0 picks one that is free for both. */
  port: number;
  /** What others are told to reach us at, when it is not `host`. */
  advertisedHost?: string;
  /** Address for Apps; 127.0.0.1 unless given. */
  adminHost?: string;
  adminPort: number;
  /** What Apps must know. */
  secret: string;
  clock?: Clock;
  log: Logger;
  /** How long a confirmed dialog waits for a new App when its own is lost, in ms. */
  orphanMs?: number;
  sessionTimers?: { minSeconds?: number };
  /** T1, T2 and T4 of RFC 3261 section 17, in ms. */
  t1Ms?: number;
  t2Ms?: number;
  t4Ms?: number;
  /** A TCP connection that nobody uses for so long is closed, in ms. */
  idleMs?: number;
  /** User-Agents that get no answer, lower case. */
  scanners?: readonly string[];
}

/** Counts of what is alive at this moment, and of messages since the start. */
export interface SipStats {
  apps: number;
  dialogs: number;
  pendingRequests: number;
  outgoingRequests: number;
  serverTransactions: number;
  clientTransactions: number;
  tcpConnections: number;
  messagesReceived: number;
  messagesDropped: number;
  /** Messages whose handling threw: bugs of ours. */
  faults: number;
}

export interface SipServer {
  readonly sipPort: number;
  readonly adminPort: number;
  stats(): SipStats;
  /** Takes no new calls from now on; those that are there go on. */
  drain(): void;
  /** Closes every socket and drops every timer. */
  close(): Promise<void>;
}

const ORPHAN_MS = 60_000;
const IDLE_MS = 5 * 60_000;

/** Starts the server; rejects with the socket's error when a port cannot be had. */
export async function startSipServer(options: SipServerOptions): Promise<SipServer> {
  const { log } = options;
  const clock = options.clock ?? systemClock;
  const timers = timerValues(options.t1Ms, options.t2Ms, options.t4Ms);
  const faults = { count: 0 };
  const guard = guardWith(log, faults);
  const holder: { core?: Core } = {};
  const events = transportEvents(() => holder.core, guard);
  const transports = await Transports.start(
    {
      host: options.host,
      port: options.port,
      advertisedHost: options.advertisedHost ?? options.host,
      idleMs: options.idleMs ?? IDLE_MS,
      scanners: options.scanners ?? DEFAULT_SCANNERS,
      clock,
      log,
    },
    events,
  );
  const core = makeCore(options, { clock, timers, transports, faults });
  holder.core = core;
  const apps = await listenForApps(core, options, guard).catch(async (error: unknown) => {
    await transports.close();
    throw error;
  });
  return serverOf(core, apps, faults);
}

interface Parts {
  clock: Clock;
  timers: TimerValues;
  transports: Transports;
  faults: { count: number };
}

function makeCore(options: SipServerOptions, { clock, timers, transports, faults }: Parts): Core {
  const guard = guardWith(options.log, faults);
  const transactions = new TransactionLayer({
    clock,
    timers,
    send: (target, bytes, failed) => transports.send(target, bytes, failed),
    events: {
      request: (transaction) => guardRequest(core, guard, transaction),
      cancel: (cancel, invite) => guard(cancel.request, () => takeCancel(core, cancel, invite)),
      ack: (ack, source, bytes) => guard(ack, () => takeAck(core, ack, source, bytes)),
    },
  });
  const core: Core = {
    clock,
    log: options.log,
    timers,
    repeats: repeatTables(timers),
    orphanMs: options.orphanMs ?? ORPHAN_MS,
    sessionTimers: { minSeconds: options.sessionTimers?.minSeconds ?? SHORTEST_SESSION_S },
    transports,
    transactions,
    dialogs: new DialogDirectory(),
    pending: new PendingTable(),
    outgoing: new Map(),
    routes: new RouteTable<AppConnection>(),
    reach: new Reach(clock),
    closing: false,
  };
  return core;
}

function repeatTables(t: TimerValues): RepeatTables {
  return {
    success: {
      udp: repeatMachine(t, { repeat: true, maxGapMs: t.t2 }),
      tcp: repeatMachine(t, { repeat: false, maxGapMs: t.t2 }),
    },
    reliable: {
      udp: repeatMachine(t, { repeat: true, maxGapMs: t.giveUp }),
      tcp: repeatMachine(t, { repeat: true, maxGapMs: t.giveUp }),
    },
  };
}

type Guard = (message: SipMessage | undefined, run: () => void) => boolean;

/** A message whose handling throws is a bug: it is reported with its Call-ID and hurts nothing but itself. */
function guardWith(log: Logger, faults: { count: number }): Guard {
  return (message, run) => {
    try {
      run();
      return true;
    } catch (error) {
      faults.count += 1;
      log.error({ err: error, sipCallId: message && callIdOf(message) }, 'bug: handling a message failed');
      return false;
    }
  };
}

function guardRequest(core: Core, guard: Guard, transaction: ServerTransaction): void {
  const { request } = transaction;
  const handled = guard(request, () => {
    if (hasToTag(request)) takeDialogRequest(core, transaction);
    else takeNewRequest(core, transaction);
  });
  if (handled || transaction.finalStatus !== undefined) return;
  guard(request, () => core.transactions.respond(transaction, ownAnswer(request, 500)));
}

function transportEvents(core: () => Core | undefined, guard: Guard): TransportEvents {
  return {
    request: (request, source, bytes) => {
      guard(request, () => core()?.transactions.receiveRequest(request, source, bytes));
    },
    response: (response, source, bytes) => {
      guard(response, () => core()?.transactions.receiveResponse(response, source, bytes));
    },
    refused: (answer, source) => {
      guard(answer.request, () => {
        if (answer.request.method === 'ACK') return;
        const { reason } = answer;
        const response = { ...ownAnswer(answer.request, answer.status), reason };
        core()?.transports.send(answerTarget(answer.request, source), serialise(response), () => undefined);
      });
    },
  };
}

function listenForApps(core: Core, options: SipServerOptions, guard: Guard): Promise<AppListener> {
  const rules = {
    secret: options.secret,
    authenticated: (app: AppConnection, ok: boolean) => {
      if (ok) app.log.info('app connected');
      else app.log.warn('app gave a wrong secret');
    },
  };
  return AppListener.listen(
    options.adminHost ?? '127.0.0.1',
    options.adminPort,
    {
      frame: (payload, from) => {
        // After a bug it is unknown whether the App's frame was answered, and it would wait for ever.
        if (!guard(undefined, () => takeAppFrame(core, from, payload, rules))) from.close();
      },
      lost: (app) => {
        guard(undefined, () => loseApp(core, app));
      },
    },
    options.log,
  );
}

function serverOf(core: Core, apps: AppListener, faults: { count: number }): SipServer {
  return {
    sipPort: core.transports.port,
    adminPort: apps.port,
    stats: () => {
      const { received, dropped, tcpConnections } = core.transports.counts;
      const { server, client } = core.transactions.counts;
      return {
        apps: apps.connections,
        dialogs: core.dialogs.size,
        pendingRequests: core.pending.size,
        outgoingRequests: core.outgoing.size,
        serverTransactions: server,
        clientTransactions: client,
        tcpConnections,
        messagesReceived: received,
        messagesDropped: dropped,
        faults: faults.count,
      };
    },
    drain: () => {
      core.closing = true;
    },
    close: async () => {
      core.closing = true;
      await apps.close();
      for (const dialog of core.dialogs) dialog.stop();
      for (const pending of [...core.pending]) core.pending.remove(pending);
      core.transactions.stop();
      await core.transports.close();
    },
  };
}
