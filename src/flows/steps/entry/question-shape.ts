import type { Compiler } from '../../language/compiler.ts';
import { type Audio, audio, type BargeIn, bargeIn, duration, retries } from '../../language/shapes.ts';
import type { Path } from '../../language/source.ts';
import type { Question } from './asking.ts';

/** The part of a file that every question has. */
export const questionShape = {
  prompt: audio.meta({ description: 'What is asked' }),
  noInputPrompt: audio.optional().meta({ description: 'Played before the prompt after silence' }),
  noMatchPrompt: audio.optional().meta({ description: 'Played before the prompt after a wrong entry' }),
  bargeIn: bargeIn.optional().meta({ description: 'Which keys stop the prompt; without it, that of the flow' }),
  timeout: duration
    .optional()
    .meta({ description: 'How long to wait for the first key, from 200ms to 2m; without it, that of the flow' }),
  interDigit: duration
    .optional()
    .meta({ description: 'How long to wait for the next key, from 200ms to 2m; without it, that of the flow' }),
  retries: retries
    .optional()
    .meta({ description: 'How often the question is asked again; without it, that of the flow' }),
};

export interface QuestionSource {
  prompt: Audio;
  noInputPrompt?: Audio | undefined;
  noMatchPrompt?: Audio | undefined;
  bargeIn?: BargeIn | undefined;
  timeout?: string | undefined;
  interDigit?: string | undefined;
  retries?: number | undefined;
}

const WAIT = { minMs: 200, maxMs: 120_000 };

/** The question without its judge; gaps are filled from the flow's defaults. */
export function compileQuestion(
  source: QuestionSource,
  compiler: Compiler,
  path: Path,
): Omit<Question, 'machine' | 'judge' | 'secure'> {
  const { defaults } = compiler;
  const optional = (value: Audio | undefined, key: string) =>
    value === undefined ? [] : compiler.audio(value, [...path, key]);
  const wait = (text: string | undefined, key: string, otherwise: number) =>
    text === undefined ? otherwise : compiler.duration(text, [...path, key], WAIT);
  return {
    prompt: compiler.audio(source.prompt, [...path, 'prompt']),
    noInputPrompt: optional(source.noInputPrompt, 'noInputPrompt'),
    noMatchPrompt: optional(source.noMatchPrompt, 'noMatchPrompt'),
    bargeIn: source.bargeIn ?? defaults.bargeIn,
    timeoutMs: wait(source.timeout, 'timeout', defaults.timeoutMs),
    interDigitMs: wait(source.interDigit, 'interDigit', defaults.interDigitMs),
    retries: source.retries ?? defaults.retries,
  };
}

/** Whether the writer has thought of the time between keys, for this question or for all. */
export function saysInterDigit({ interDigit }: QuestionSource, { defaults }: Compiler): boolean {
  return interDigit !== undefined || defaults.saysInterDigit;
}
