import type { ASTNode } from '@marcbachmann/cel-js';
import { parseDuration } from '../../shared/time.ts';
import { SPOKEN_FUNCTIONS, spokenForms, wrongOption } from '../spoken/functions.ts';
import type { ExpressionProblem } from './condition.ts';
import { didYouMean } from './near.ts';
import { compileTextPattern } from './text-pattern.ts';

/**
 * Functions that take time in proportion to a short text. Left out are the list macros, which multiply. `matches` and `seconds` are
 * looked at more closely.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['size', 'int', 'double', 'string', 'bool'],
  ...['contains', 'startsWith', 'endsWith', 'indexOf', 'lastIndexOf', 'substring', 'lowerAscii', 'upperAscii', 'trim'],
]);

type Call = Extract<ASTNode, { op: 'call' | 'rcall' }>;

/** What `matches` is called in the library once its pattern is known to take a bounded time. */
export const BOUNDED_MATCH = 'matchesPattern';

/** Puts our `matches` in the place of the library's, in an expression that was found right. */
export function bindMatches(node: ASTNode): void {
  if (node.op === 'rcall' && node.args[0] === 'matches') node.args[0] = BOUNDED_MATCH;
  for (const child of childrenOf(node.args)) bindMatches(child);
}

/** The first function in an expression that may not stand there. `language`: that of the text around, if it is one to be said. */
export function refusedFunction(node: ASTNode, language: string | undefined): ExpressionProblem | undefined {
  const refused = node.op === 'call' || node.op === 'rcall' ? refusal(node, language) : undefined;
  return childrenOf(node.args).reduce<ExpressionProblem | undefined>(
    (found, child) => found ?? refusedFunction(child, language),
    refused,
  );
}

function refusal(node: Call, language: string | undefined): ExpressionProblem | undefined {
  const name = node.args[0];
  if (FUNCTIONS.has(name)) return undefined;
  if (name === 'matches') return wrongMatch(node);
  if (name === 'seconds') return wrongSeconds(node);
  const refuse = (text: string, hint: string) =>
    ({ rule: 'expression.refused', text, hint, start: node.start }) as const;
  if (!SPOKEN_FUNCTIONS.has(name)) {
    const known = [...FUNCTIONS, 'matches', 'seconds', ...(language === undefined ? [] : SPOKEN_FUNCTIONS.keys())];
    const hint = didYouMean(name, known) ?? `known: ${known.join(', ')}`;
    return refuse(`The function ${name} is not used in flows`, hint);
  }
  if (language === undefined)
    return refuse(`${name}() says a value in words, and this is no text to be said`, `write it into the text of a say`);
  if (!spokenForms(language))
    return refuse(
      `There are no words for ${name}() in ${language}`,
      'write the value alone; there are some in en and zh',
    );
  return wrongCall(node, name);
}

/** `text.matches('…')` with a pattern that is written out, so that it is known how long it can take. */
function wrongMatch(node: Call): ExpressionProblem | undefined {
  const pattern = node.op === 'rcall' ? node.args[2][0] : undefined;
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    const hint = "such as order.matches('^[0-9]{4}$')";
    const start = (pattern ?? node).start;
    return { rule: 'expression.refused', text: 'matches takes a pattern that is written out', hint, start };
  }
  const compiled = compileTextPattern(pattern.args);
  if ('matches' in compiled) return undefined;
  const { text, hint, at } = compiled;
  // Where a letter of the pattern stands is known as long as none of them is escaped.
  const isPlain = pattern.end - pattern.start === pattern.args.length + 2;
  const start = pattern.start + (isPlain ? at + 1 : 0);
  return { rule: 'expression.refused', text, start, ...(hint !== undefined && { hint }) };
}

/** `seconds('2m')` with a duration that is written out. */
function wrongSeconds(node: Call): ExpressionProblem | undefined {
  const [duration, ...others] = node.op === 'call' ? node.args[1] : [];
  const start = (duration ?? node).start;
  const hint = "such as seconds('1m30s')";
  if (duration?.op !== 'value' || typeof duration.args !== 'string' || others.length > 0)
    return { rule: 'expression.refused', text: 'seconds takes a duration that is written out', hint, start };
  if (secondsIn(duration.args) !== undefined) return undefined;
  return {
    rule: 'value.wrong',
    text: `"${duration.args.slice(0, 20)}" is not a duration in whole seconds`,
    hint,
    start,
  };
}

/** The whole seconds of a duration such as `2m`. */
export function secondsIn(duration: string): number | undefined {
  const ms = parseDuration(duration);
  return ms === undefined || ms % 1_000 !== 0 || !Number.isSafeInteger(ms) ? undefined : ms / 1_000;
}

/** A call of a spoken form with words written out that mean nothing to it. */
function wrongCall(node: Call, name: string): ExpressionProblem | undefined {
  const option = node.op === 'call' ? node.args[1][1] : undefined;
  if (option?.op !== 'value' || typeof option.args !== 'string') return undefined;
  const wrong = wrongOption(name, option.args);
  if (wrong === undefined) return undefined;
  return { rule: 'value.wrong', text: wrong.text, hint: wrong.hint, start: option.start };
}

/** The nodes below one. */
export function childrenOf(args: unknown): ASTNode[] {
  if (!Array.isArray(args)) return isAst(args) ? [args] : [];
  return args.flatMap((part) => (Array.isArray(part) ? childrenOf(part) : isAst(part) ? [part] : []));
}

function isAst(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
