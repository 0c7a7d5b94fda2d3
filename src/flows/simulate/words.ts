import type { Simulation, Waiting } from './simulation.ts';

/** What the caller hears at this moment, in words. */
export function heardNow({ call }: Pick<Simulation, 'call'>): string {
  if (call.isOver || call.state.callerGone) return 'nothing any more';
  if (call.playing.length > 0) return call.playing.join(' ');
  const { queue, transfer } = call.works;
  if (queue) return queue.talking ? 'the agent' : 'music';
  if (transfer) return transfer.talking ? 'the other side' : 'ringing';
  return call.state.answered ? 'silence' : 'ringing';
}

export function waitingInWords(waiting: Waiting): string {
  switch (waiting.for) {
    case 'keys':
      return `waits for keys in ${waiting.step}${waiting.secret ? ', which are secret' : ''}`;
    case 'http':
      return `waits for the answer of ${waiting.method} ${waiting.service}${waiting.path}`;
    case 'queue':
      return waiting.talking ? `talks with an agent of ${waiting.queue}` : `waits in ${waiting.queue}`;
    case 'transfer':
      return waiting.talking ? `talks with ${waiting.to}` : `rings ${waiting.to}`;
    case 'message':
      return 'takes the message';
    case 'time':
      return `goes on by itself in ${(waiting.ms / 1_000).toFixed(1)} s`;
  }
}
