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
  'wait.deadEnd': { severity: 'warning', text: 'Who waited for a person in vain is not cut off without a word' },
  'end.silent': {
    severity: 'warning',
    text: 'A call that was answered does not end before its caller has heard anything',
  },
  'answer.early': { severity: 'error', text: 'Nothing is played, asked, recorded or connected before the answer' },
  'answer.late': { severity: 'error', text: 'Only before the answer does it ring, and is a call turned away' },
  'answer.never': { severity: 'warning', text: 'A call is answered or turned away before it ends' },
  'variable.unset': { severity: 'error', text: 'On every way, a variable has a value before it is read' },
  'consent.missing': { severity: 'error', text: 'On every way, the caller is told of a recording before it begins' },
  'consent.talk': {
    severity: 'warning',
    text: 'A flow that tells some callers of the recording tells all whose talks are recorded',
  },
  'number.undialled': { severity: 'warning', text: 'A trunk calls each number that a flow transfers to' },
  'consent.number': {
    severity: 'warning',
    text: 'A number does not record from the answer on, before its callers can be told',
  },
  'secure.leak': { severity: 'error', text: 'Digits taken in confidence leave Parley by https alone' },
  'secure.open': { severity: 'warning', text: 'What is secret by its name is taken in confidence' },
  'secret.unset': { severity: 'warning', text: 'The secrets of a service are in the environment' },
  'call.language': { severity: 'warning', text: 'A flow that is called speaks every language of the one that calls' },
  'prompt.language': { severity: 'error', text: 'A recorded prompt is there for each language it can be heard in' },
} as const satisfies Record<string, { severity: Severity; text: string }>;

export type CheckRule = keyof typeof CHECK_RULES;
