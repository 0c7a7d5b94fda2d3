import { type Expression, type ExpressionProblem, type Expressions, MAX_TEXT, type Scope } from './condition.ts';

/** A text with expressions in it, such as `You are calling from {{ caller.number }}.` */
export interface Template {
  parts: (string | Expression)[];
  /** The words to speak, when the text holds no expression. */
  words?: string;
}

export interface TemplateProblem extends ExpressionProblem {
  /** The expression the problem lies in; empty when it is the text around. */
  expression: string;
}

/** Reads a text; every mistake in its expressions is told. `language`: where it is a text to be said, the one it is said in. */
export function compileTemplate(
  text: string,
  expressions: Expressions,
  language?: string,
): Template | TemplateProblem[] {
  const parts: (string | Expression)[] = [];
  const problems: TemplateProblem[] = [];
  let from = 0;
  for (;;) {
    const open = text.indexOf('{{', from);
    if (open < 0) break;
    const close = closing(text, open + 2);
    if (close === undefined) {
      const hint = 'an expression ends with }}';
      problems.push({ rule: 'template.wrong', text: '{{ is not closed', hint, start: open, expression: '' });
      return problems;
    }
    if (open > from) parts.push(text.slice(from, open));
    const inside = text.slice(open + 2, close);
    const source = inside.trim();
    const compiled = expressions.compile(source, language);
    if ('evaluate' in compiled) parts.push(compiled);
    else problems.push({ ...compiled, expression: source });
    from = close + 2;
  }
  if (from < text.length) parts.push(text.slice(from));
  if (problems.length > 0) return problems;
  return parts.every((part) => typeof part === 'string') ? { parts, words: tidy(parts.join('')) } : { parts };
}

const UNTIDY = /[^\S ]| {2}|^ | $/;

/** Texts in YAML have line breaks that nobody speaks; the same words are then the same audio. */
export function tidy(text: string): string {
  return UNTIDY.test(text) ? text.replace(/\s+/g, ' ').trim() : text;
}

/** The text with its expressions worked out, at most 4,096 characters. Throws `ExpressionFailure`. */
export function renderTemplate(template: Template, scope: Scope): string {
  let text = '';
  for (const part of template.parts) {
    text += typeof part === 'string' ? part : String(part.evaluate(scope));
    if (text.length > MAX_TEXT) return cutText(text, MAX_TEXT);
  }
  return text;
}

/** At most so many characters of a text, and never half of one that takes two. */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  const isBetweenHalves = /^[\uD800-\uDBFF][\uDC00-\uDFFF]/.test(text.slice(most - 1, most + 1));
  return text.slice(0, isBetweenHalves ? most - 1 : most);
}

/** The text when it holds no expression. */
export function staticText(template: Template): string | undefined {
  return template.parts.every((part) => typeof part === 'string') ? template.parts.join('') : undefined;
}

/** The expression when the text is nothing but one: its value then keeps its type. */
export function soleExpression(template: Template): Expression | undefined {
  const [only] = template.parts;
  return template.parts.length === 1 && typeof only === 'object' ? only : undefined;
}

/** Where the `}}` after `from` stands, outside of quoted text. */
function closing(text: string, from: number): number | undefined {
  let quote = '';
  for (let index = from; index < text.length; index += 1) {
    const char = text[index];
    if (quote !== '') {
      if (char === '\\') index += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '}' && text[index + 1] === '}') return index;
  }
  return undefined;
}
