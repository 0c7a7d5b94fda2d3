import { type AnyStepKind, anyStep } from '../machine/step-kind.ts';
import { answer } from './answer.ts';
import { call } from './call.ts';
import { collect } from './collect.ts';
import { distribute } from './distribute.ts';
import { goto } from './goto.ts';
import { hangup } from './hangup.ts';
import { hours } from './hours.ts';
import { branch } from './if.ts';
import { loop } from './loop.ts';
import { menu } from './menu.ts';
import { play } from './play.ts';
import { queue } from './queue.ts';
import { reject } from './reject.ts';
import { back } from './return.ts';
import { ring } from './ring.ts';
import { say } from './say.ts';
import { set } from './set.ts';
import { choose } from './switch.ts';
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
  ].map((kind) => [kind.verb, kind]),
);
