import type { ASTNode } from '@marcbachmann/cel-js';
import { SPOKEN_FUNCTIONS, spokenForms, wrongOption } from '../spoken/functions.ts';
import type { ExpressionProblem } from './condition.ts';
import { didYouMean } from './near.ts';

/**
 * Functions that take time in proportion to a short text. Left out: `matches`, whose patterns may take longer than a call
 * lasts, and the list macros, which multiply.
 */
export const FUNCTIONS: ReadonlySet<string> = new Set([
  ...['size', 'int', 'double', 'string', 'bool'],
  ...['contains', 'startsWith', 'endsWith', 'indexOf', 'lastIndexOf', 'substring', 'lowerAscii', 'upperAscii', 'trim'],
]);

/** The first function in an expression that may not stand there. `language`: that of the text around, if it is one to be said. */
export function refusedFunction(node: ASTNode, language: string | undefined): ExpressionProblem | undefined {
  const refused = node.op === 'call' || node.op === 'rcall' ? refusal(node, language) : undefined;
  return childrenOf(node.args).reduce<ExpressionProblem | undefined>(
    (found, child) => found ?? refusedFunction(child, language),
    refused,
  );
}

function refusal(
  node: Extract<ASTNode, { op: 'call' | 'rcall' }>,
  language: string | undefined,
): ExpressionProblem | undefined {
  const name = node.args[0];
  if (FUNCTIONS.has(name)) return undefined;
  const refuse = (text: string, hint: string) =>
    ({ rule: 'expression.refused', text, hint, start: node.start }) as const;
  if (!SPOKEN_FUNCTIONS.has(name)) {
    const known = language === undefined ? FUNCTIONS : [...FUNCTIONS, ...SPOKEN_FUNCTIONS.keys()];
    const hint =
      name === 'matches'
        ? 'use contains, startsWith or endsWith'
        : (didYouMean(name, known) ?? `known: ${[...known].join(', ')}`);
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

/** A call of a spoken form with words written out that mean nothing to it. */
function wrongCall(node: Extract<ASTNode, { op: 'call' | 'rcall' }>, name: string): ExpressionProblem | undefined {
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
