import { z } from 'zod';
import { anyStep, target } from '../language/shapes.ts';
import { AT_ONCE, type StepKind } from '../machine/step-kind.ts';

type Share = { percent: number; then: string };
type Source = { distribute: Share[]; onError?: string | undefined };

export const distribute: StepKind<Source, number[], null> = {
  verb: 'distribute',
  title: 'Distribute',
  summary: 'Sends a share of the calls each way, by chance; one call takes the same way each time.',
  example: `distribute:
  - { percent: 30, then: sales }
  - { percent: 70, then: support }`,
  shape: z.strictObject({
    distribute: z
      .array(
        // biome-ignore lint/suspicious/noThenProperty: the word people expect after a share; these objects are never awaited.
        z.strictObject({ percent: z.number().min(0).max(100).meta({ description: 'The share' }), then: target }),
      )
      .min(2)
      .max(20)
      .meta({ description: 'Shares in percent, 100 together, each with the step it leads to' }),
    ...anyStep,
  }),
  keys: ['distribute', 'percent', 'then', 'onError'],
  exits: ['(share1, share2, …)'],
  needsCaller: false,
  compile: (source, compiler, path) => {
    const shares = source.distribute.map(({ percent }) => percent);
    const sum = shares.reduce((total, percent) => total + percent, 0);
    if (Math.abs(sum - 100) > 1e-9)
      compiler.wrong('value.wrong', [...path, 'distribute'], `The shares are ${sum} percent together, not 100`);
    const exits = Object.fromEntries(source.distribute.map(({ then }, index) => [`share${index + 1}`, then]));
    return { params: shares, exits, sounds: [] };
  },
  traits: () => ({ lasts: () => AT_ONCE }),
  enter: (shares, view) => {
    let left = view.chance() * 100;
    const drawn = shares.findIndex((percent) => {
      left -= percent;
      return left < 0;
    });
    // Shares that add up to a hair less than 100 leave the last one for the rest.
    return { exit: `share${drawn < 0 ? shares.length : drawn + 1}`, effects: [] };
  },
  on: {},
};
