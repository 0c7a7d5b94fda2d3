import type { Severity } from './finding.ts';

/** The rules beyond the language, each with the sentence that explains it. The page of rules is printed from it. */
export const CHECK_RULES = {
  'step.unreachable': { severity: 'warning', text: 'Every step can be reached' },
  'loop.endless': {
    severity: 'error',
    text: 'A call does not go round for ever while its caller does nothing: time or a count leads out of every circle',
  },
  'path.noEnd': {
    severity: 'warning',
    text: 'From every step an end can be reached, not only by the longest duration',
  },
  'digits.ambiguous': {
    severity: 'error',
    text: 'Where an entry is complete and may yet go on, the flow says how long the next key is waited for',
  },
  'menu.noInput': { severity: 'warning', text: 'A caller who is silent is not cut off without a word' },
  'menu.noMatch': {
    severity: 'warning',
    text: 'Wrong keys lead on: they neither end the call without a word nor go round for ever',
  },
  'choice.deadEnd': { severity: 'warning', text: 'An answer of the caller leads to more than the end of the call' },
} as const satisfies Record<string, { severity: Severity; text: string }>;

export type CheckRule = keyof typeof CHECK_RULES;
