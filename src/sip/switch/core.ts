import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';
import type { AppConnection } from '../app-side/connection.ts';
import type { RouteTable } from '../app-side/routes.ts';
import type { DialogDirectory } from '../dialog/directory.ts';
import type { repeatMachine } from '../dialog/repeat-machine.ts';
import type { TransactionLayer } from '../transaction/layer.ts';
import type { TimerValues } from '../transaction/timers.ts';
import type { Transports } from '../transport/transports.ts';
import type { Outgoing } from './outgoing.ts';
import type { PendingTable } from './pending.ts';
import type { Reach } from './reach.ts';

export interface SessionTimerRules {
  /** Session-Expires below this is refused with 422, in seconds (RFC 4028 section 4). */
  minSeconds: number;
}

/** How answers are repeated until the peer has them. */
export interface RepeatTables {
  success: { udp: ReturnType<typeof repeatMachine>; tcp: ReturnType<typeof repeatMachine> };
  reliable: { udp: ReturnType<typeof repeatMachine>; tcp: ReturnType<typeof repeatMachine> };
}

/** What everything between the network and the Apps shares. One per server. */
export interface Core {
  clock: Clock;
  log: Logger;
  timers: TimerValues;
  repeats: RepeatTables;
  orphanMs: number;
  sessionTimers: SessionTimerRules;
  transports: Transports;
  transactions: TransactionLayer;
  dialogs: DialogDirectory;
  /** Requests of the network that wait for an App. */
  pending: PendingTable;
  /** Requests of Apps that wait for the network. */
  outgoing: Map<string, Outgoing>;
  routes: RouteTable<AppConnection>;
  reach: Reach;
  /** True once the server winds down: new INVITEs get 503. */
  closing: boolean;
}
