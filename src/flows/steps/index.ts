import { type AnyStepKind, anyStep } from '../machine/step-kind.ts';
import { collect } from './collect.ts';
import { hangup } from './hangup.ts';
import { hours } from './hours.ts';
import { branch } from './if.ts';
import { menu } from './menu.ts';
import { play } from './play.ts';
import { queue } from './queue.ts';
import { say } from './say.ts';
import { set } from './set.ts';
import { voicemail } from './voicemail.ts';

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
  ].map((kind) => [kind.verb, kind]),
);
