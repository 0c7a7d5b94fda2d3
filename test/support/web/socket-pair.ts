import type { Wire, WireEvents } from '../../../src/web/client/page-client.ts';

type Json = Record<string, unknown>;

/** A server's end of the wires that a page opens, newest last; nothing happens until the test says so. */
export class SocketPairs {
  readonly all: SocketPair[] = [];

  readonly open = (events: WireEvents): Wire => {
    const pair = new SocketPair(events);
    this.all.push(pair);
    return pair.wire;
  };

  get newest(): SocketPair {
    const pair = this.all.at(-1);
    if (!pair) throw new Error('the page has opened no socket');
    return pair;
  }
}

export class SocketPair {
  readonly #events: WireEvents;
  readonly received: Json[] = [];
  closedByPage = false;
  readonly wire: Wire = {
    send: (text) => void this.received.push(JSON.parse(text)),
    close: () => {
      this.closedByPage = true;
    },
  };

  constructor(events: WireEvents) {
    this.#events = events;
  }

  accept(): void {
    this.#events.opened();
  }

  send(frame: Json | string): void {
    this.#events.received(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  drop(code = 1006): void {
    this.#events.dropped(code);
  }
}
