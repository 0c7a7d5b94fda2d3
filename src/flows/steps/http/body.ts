import { z } from 'zod';
import type { Compiler } from '../../language/compiler.ts';
import { ExpressionFailure, type Scope } from '../../language/condition.ts';
import { didYouMean } from '../../language/near.ts';
import type { Path } from '../../language/source.ts';
import { renderTemplate, soleExpression, type Template } from '../../language/template.ts';
import type { Json } from '../../machine/types.ts';

/** A body as it stands in a file: JSON whose texts may hold expressions, and `{ secret: name }` for digits taken in confidence. */
export type BodyPart =
  | { kind: 'value'; value: number | boolean | null }
  | { kind: 'text'; template: Template }
  | { kind: 'secret'; name: string }
  | { kind: 'list'; items: BodyPart[] }
  | { kind: 'map'; entries: [string, BodyPart][] };

const MAX_DEPTH = 8;

export const bodyShape = z.json().meta({
  id: 'json',
  description:
    'Sent as JSON; texts may hold expressions, and { secret: name } stands for digits collected in confidence',
});

export function compileBody(source: unknown, compiler: Compiler, path: Path, depth = 0): BodyPart {
  if (depth > MAX_DEPTH) {
    compiler.wrong('value.wrong', path, `A body nests at most ${MAX_DEPTH} deep`);
    return { kind: 'value', value: null };
  }
  if (typeof source === 'string') return { kind: 'text', template: compiler.template(source, path) };
  if (Array.isArray(source))
    return {
      kind: 'list',
      items: source.map((item, index) => compileBody(item, compiler, [...path, index], depth + 1)),
    };
  if (typeof source !== 'object' || source === null) return { kind: 'value', value: source as number | boolean | null };
  const keys = Object.keys(source);
  if (keys.length === 1 && keys[0] === 'secret') return secretPart(source as { secret: unknown }, compiler, path);
  const entries = Object.entries(source).map(
    ([key, value]) => [key, compileBody(value, compiler, [...path, key], depth + 1)] as [string, BodyPart],
  );
  return { kind: 'map', entries };
}

function secretPart({ secret }: { secret: unknown }, compiler: Compiler, path: Path): BodyPart {
  const name = String(secret);
  if (!compiler.readsSecret(name, [...path, 'secret'])) {
    const hint = didYouMean(name, compiler.secrets) ?? 'collect into it with secure: true';
    compiler.wrong(
      'variable.unknown',
      [...path, 'secret'],
      `No digits are collected into ${name.slice(0, 64)} in confidence`,
      hint,
    );
  }
  return { kind: 'secret', name };
}

export function hasSecret(part: BodyPart): boolean {
  if (part.kind === 'list') return part.items.some(hasSecret);
  if (part.kind === 'map') return part.entries.some(([, value]) => hasSecret(value));
  return part.kind === 'secret';
}

/** The body at this moment. Throws `ExpressionFailure`. */
export function bodyNow(part: BodyPart, scope: Scope, secrets: Readonly<Record<string, string>>): Json {
  switch (part.kind) {
    case 'value':
      return part.value;
    case 'text': {
      const sole = soleExpression(part.template);
      return sole ? sole.evaluate(scope) : renderTemplate(part.template, scope);
    }
    case 'secret': {
      const digits = secrets[part.name];
      if (digits === undefined) throw new ExpressionFailure('The secret digits were not collected');
      return digits;
    }
    case 'list':
      return part.items.map((item) => bodyNow(item, scope, secrets));
    case 'map':
      return Object.fromEntries(part.entries.map(([key, value]) => [key, bodyNow(value, scope, secrets)]));
  }
}
