import type { Compiler } from '../../language/compiler.ts';
import { ExpressionFailure, type Scope } from '../../language/condition.ts';
import type { Path } from '../../language/source.ts';
import { renderTemplate, type Template } from '../../language/template.ts';
import { hasControls, isHeaderText, wrongHeaderName } from '../../services/services.ts';

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
export type Method = (typeof METHODS)[number];

const ONE_LINE = 'A header is one line of text';
const ADDRESS = /^([a-z0-9][a-z0-9_-]{0,63})(\/.*)?$/s;

/** Splits `crm/customers/{{ id }}` into the service and the rest, which begins with a slash. */
export function compileAddress(
  text: string,
  compiler: Compiler,
  path: Path,
): { service: string; path: Template } | undefined {
  const [, service, rest = ''] = ADDRESS.exec(text) ?? [];
  if (service === undefined) {
    compiler.wrong('value.wrong', path, 'An address is the name of a service and a path', 'such as crm/customers');
    return undefined;
  }
  compiler.refer('services', service, path);
  const template = compiler.template(rest, path);
  const written = template.parts.filter((part) => typeof part === 'string').join('x');
  if (/[?#\\]/.test(written)) {
    compiler.wrong('value.wrong', path, 'A path holds no ? and no #', 'what comes after the ? goes under "query"');
  } else if (/(^|\/)\.{1,2}(\/|$)/.test(written) || written.includes('//') || hasControls(written)) {
    compiler.wrong('value.wrong', path, 'A path leads straight on: no empty parts, no dots, no line breaks');
  } else if (!written.isWellFormed()) {
    compiler.wrong('value.wrong', path, 'The path holds half a character');
  }
  return { service, path: template };
}

/** What expressions give is one part of the path, whatever it holds. Throws `ExpressionFailure`. */
export function pathNow({ parts }: Template, scope: Scope): string {
  const path = parts.map((part) => (typeof part === 'string' ? encodeURI(part) : encodedValue(part.evaluate(scope))));
  return path.join('');
}

function encodedValue(value: string | number | boolean): string {
  const text = String(value);
  if (text === '' || text === '.' || text === '..') throw new ExpressionFailure('A part of the path is empty');
  // encodeURIComponent throws for half of a pair; such text is no part of any address.
  if (!text.isWellFormed()) throw new ExpressionFailure('A part of the path cannot be written');
  return encodeURIComponent(text);
}

export function compileHeaders(
  source: Readonly<Record<string, string>>,
  compiler: Compiler,
  path: Path,
): [string, Template][] {
  const headers = Object.keys(source);
  return headers.map((header, index) => {
    const at = [...path, header];
    const wrong = wrongHeaderName(header, headers.slice(0, index));
    if (wrong !== undefined) compiler.wrongKey('value.wrong', at, wrong);
    const template = compiler.template(source[header] ?? '', at);
    if (template.parts.some((part) => typeof part === 'string' && !isHeaderText(part)))
      compiler.wrong('value.wrong', at, ONE_LINE);
    return [header.toLowerCase(), template];
  });
}

/** Throws `ExpressionFailure`, also for a value that would break out of its line. */
export function headersNow(headers: readonly [string, Template][], scope: Scope): Record<string, string> {
  return Object.fromEntries(
    headers.map(([name, template]) => {
      const value = renderTemplate(template, scope);
      if (!isHeaderText(value)) throw new ExpressionFailure(ONE_LINE);
      return [name, value];
    }),
  );
}
