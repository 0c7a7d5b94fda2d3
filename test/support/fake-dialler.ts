import type { DialListener, DialledLine, Dialler, DialOrder } from '../../src/calls/dialler.ts';

/** One call that was made: what was done to it, and the means to do something to us. */
export interface FakeLine {
  order: DialOrder;
  far: DialListener;
  done: 'nothing' | 'cancelled' | 'hungUp';
}

/** A carrier at the port of those who make calls. */
export class FakeDialler implements Dialler {
  readonly lines: FakeLine[] = [];

  dial(order: DialOrder, far: DialListener): DialledLine {
    const line: FakeLine = { order, far, done: 'nothing' };
    this.lines.push(line);
    far.sent(`sip-out-${this.lines.length}`);
    return {
      cancel: () => {
        line.done = 'cancelled';
      },
      hangUp: () => {
        line.done = 'hungUp';
      },
    };
  }

  /** The latest call. */
  get line(): FakeLine {
    const last = this.lines.at(-1);
    if (!last) throw new Error('nobody was called');
    return last;
  }
}
