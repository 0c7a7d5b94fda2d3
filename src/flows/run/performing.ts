import type { FlowEffect } from '../machine/types.ts';
import type { VirtualWorld } from './virtual-world.ts';

type EffectOf<T extends FlowEffect['type']> = Extract<FlowEffect, { type: T }>;
type Perform = { [T in FlowEffect['type']]: (world: VirtualWorld, effect: EffectOf<T>) => void };

/** What each effect is in a world of fakes. */
export const PERFORM: Perform = {
  play: (world, effect) => world.play(effect),
  stopPlay: (world, effect) => world.stopPlay(effect),
  setTimer: (world, effect) => world.setTimer(effect),
  clearTimer: (world, { timerId }) => world.forget(timerId),
  enterQueue: (world, effect) => world.enterQueue(effect),
  leaveQueue: (world, effect) => world.leaveQueue(effect),
  startVoicemail: (world, effect) => world.startVoicemail(effect),
  stopVoicemail: (world, effect) => world.stopVoicemail(effect),
  secureStarted: () => {},
  secureEnded: () => {},
  ring: (world) => world.note({ what: 'rang' }),
  answer: (world, effect) => world.answer(effect),
  sendDigits: (world, effect) => world.sendDigits(effect),
  http: (world, effect) => world.http(effect),
  cancelHttp: (world, effect) => world.cancelHttp(effect),
  readQueue: (world, effect) => world.readQueue(effect),
  bookCallback: (world, effect) => world.bookCallback(effect),
  transfer: (world, effect) => world.transfer(effect),
  endTransfer: (world, effect) => world.endTransfer(effect),
  record: (world, { order }) => world.note({ what: 'recorded', order }),
  stepEntered: (world, effect) =>
    world.note({ what: 'entered', step: effect.step, verb: effect.verb, flow: world.flowOf(effect) }),
  stepLeft: (world, effect) =>
    world.note({ what: 'left', step: effect.step, exit: effect.exit, flow: world.flowOf(effect) }),
  tagged: (world, { tags }) => world.note({ what: 'tagged', tags }),
  milestone: (world, { name, values }) => world.note({ what: 'milestone', name, values }),
  consentPlayed: (world, { step }) => world.note({ what: 'consented', step }),
  digitsCollected: (world, { step, digits }) => world.note({ what: 'collected', step, digits }),
  secureDigitsCollected: (world, { step }) => world.note({ what: 'secretCollected', step }),
  log: (world, { step, text, values }) =>
    world.note({ what: 'failed', step, why: typeof values['why'] === 'string' ? values['why'] : text }),
  hangup: (world, { reason, cause }) => world.note({ what: 'ended', reason, ...(cause !== undefined && { cause }) }),
  finished: (world, { reason }) => world.note({ what: 'ended', reason }),
};
