import { type AnyStepKind, anyStep } from '../machine/step-kind.ts';
import { answer } from './answer.ts';
import { call } from './call.ts';
import { callback } from './callback.ts';
import { collect } from './collect.ts';
import { distribute } from './distribute.ts';
import { dtmf } from './dtmf.ts';
import { event } from './event.ts';
import { goto } from './goto.ts';
import { hangup } from './hangup.ts';
import { hours } from './hours.ts';
import { http } from './http.ts';
import { branch } from './if.ts';
import { loop } from './loop.ts';
import { menu } from './menu.ts';
import { play } from './play.ts';
import { queue } from './queue.ts';
import { queueStatus } from './queue-status.ts';
import { record } from './record.ts';
import { reject } from './reject.ts';
import { back } from './return.ts';
import { ring } from './ring.ts';
import { say } from './say.ts';
import { set } from './set.ts';
import { choose } from './switch.ts';
import { tag } from './tag.ts';
import { transfer } from './transfer.ts';
import { voicemail } from './voicemail.ts';
import { wait } from './wait.ts';

/** Every verb of the language. */
export const STEPS: ReadonlyMap<string, AnyStepKind> = new Map(
  [
    anyStep(say),
    anyStep(play),
    anyStep(menu),
    anyStep(collect),
    anyStep(set),
    anyStep(branch),
    anyStep(hours),
    anyStep(queue),
    anyStep(voicemail),
    anyStep(hangup),
    anyStep(call),
    anyStep(goto),
    anyStep(back),
    anyStep(choose),
    anyStep(loop),
    anyStep(distribute),
    anyStep(wait),
    anyStep(ring),
    anyStep(answer),
    anyStep(reject),
    anyStep(http),
    anyStep(queueStatus),
    anyStep(callback),
    anyStep(transfer),
    anyStep(dtmf),
    anyStep(record),
    anyStep(tag),
    anyStep(event),
  ].map((kind) => [kind.verb, kind]),
);
