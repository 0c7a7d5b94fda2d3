import type { Registry } from 'prom-client';
import type { DeskService, PhoneService } from '../../agents/desk-service.ts';
import type { Callbacks } from '../../calls/callbacks.ts';
import type { NumberEntry } from '../../protocol/http.ts';
import type { AudioStore, RecordingCatalogue } from '../../recordings/recording-store.ts';
import type { CallRecords } from '../../reports/call-records.ts';
import type { Logger } from '../../shared/logger.ts';
import type { Clock } from '../../shared/time.ts';
import type { Accounts, Sessions } from '../../users/accounts.ts';
import type { LogInThrottle } from '../../users/login-throttle.ts';
import type { FlowsFace } from './flow-handlers.ts';

/** What the HTTP and WebSocket surface needs of the rest. */
export interface HttpDeps {
  /** Address to listen on. */
  host: string;
  /** 0 picks a free port. */
  port: number;
  accounts: Pick<Accounts, 'verify'>;
  sessions: Sessions;
  throttle: LogInThrottle;
  callRecords: Pick<CallRecords, 'list' | 'get'>;
  recordings: RecordingCatalogue;
  audio: Pick<AudioStore, 'open'>;
  callbacks: Pick<Callbacks, 'open' | 'cancel'>;
  numbers(): NumberEntry[];
  flows: FlowsFace;
  desk: DeskService;
  phone: PhoneService;
  /** Folder of the built pages, `dist/web`. */
  webRoot: string;
  /** What calls need, by name, and whether it is there: `{ media: true, sip: false }`. */
  ready(): Promise<Record<string, boolean>>;
  /** Figures of the other rooms to show beside our own. */
  metrics?: Registry;
  /** Version of the program, for the description of the surface. */
  version: string;
  log: Logger;
  clock: Clock;
}
