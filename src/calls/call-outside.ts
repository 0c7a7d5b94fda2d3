import type { PathStep } from '../protocol/desk.ts';
import { failureCode } from '../shared/errors.ts';
import type { Clock } from '../shared/time.ts';
import type { Callbacks } from './callbacks.ts';
import type { WriteFact } from './facts.ts';
import type { OutsideWorld } from './flow-outside.ts';
import type { MediaPort } from './media-port.ts';

export interface CallOutsideDeps {
  outside: Pick<OutsideWorld, 'request' | 'readQueue'>;
  callbacks: Pick<Callbacks, 'book'>;
  media: MediaPort;
  clock: Clock;
  callId: string;
  calledNumber: string;
  callerName?: string;
  /** Where keys go; undefined for a caller in a browser, who has no use for them. */
  carrierEndpoint: string | undefined;
  path(): PathStep[];
  mayRecord(): boolean;
  write: WriteFact;
}

/** The world outside as the flow of one call sees it: what is asked of it stands in the call's record. */
export function callOutside(deps: CallOutsideDeps): OutsideWorld {
  const { outside, callbacks, media, clock, callId: bookedIn, calledNumber, callerName, carrierEndpoint, write } = deps;
  return {
    request: async (order, signal) => {
      const startedAt = clock.now();
      const { service } = order;
      const asked = (answer: { status: number } | { failure: string }): void =>
        write({ type: 'serviceAsked', service, ...answer, tookMs: clock.now() - startedAt });
      try {
        const answer = await outside.request(order, signal);
        asked({ status: answer.status });
        return answer;
      } catch (error) {
        asked({ failure: failureCode(error) ?? 'bug' });
        throw error;
      }
    },
    readQueue: (queue) => {
      const figures = outside.readQueue(queue);
      write({ type: 'queueRead', queue, figures });
      return figures;
    },
    bookCallback: (order) => {
      const name = callerName === undefined ? {} : { callerName };
      const booker = { bookedIn, calledNumber, ...name, path: deps.path(), mayRecord: deps.mayRecord(), write };
      return callbacks.book(order, booker);
    },
    sendDigits: async ({ digits, durationMs, gapMs }) => {
      if (carrierEndpoint === undefined) return;
      await media.order({ order: 'endpoint.sendDigits', endpointId: carrierEndpoint, digits, durationMs, gapMs });
    },
  };
}
