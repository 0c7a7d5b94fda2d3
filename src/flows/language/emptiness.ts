import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './functions.ts';

/** Names that surely hold a text, when a condition is true and when it is false: `id != ''` and what is made of such. */
export interface Filled {
  yes: readonly string[];
  no: readonly string[];
}

const NOTHING: Filled = { yes: [], no: [] };

/** What a condition tells of texts that may be empty. */
export function filledBy(node: ASTNode): Filled {
  const asked = emptyNameIn(node);
  if (asked !== undefined) return node.op === '==' ? { yes: [], no: [asked] } : { yes: [asked], no: [] };
  const parts = childrenOf(node.args).map(filledBy);
  const [first = NOTHING] = parts;
  if (node.op === '&&') return { yes: parts.flatMap(({ yes }) => yes), no: [] };
  if (node.op === '||') return { yes: [], no: parts.flatMap(({ no }) => no) };
  return node.op === '!_' ? { yes: first.no, no: first.yes } : NOTHING;
}

/** Names that an expression itself compares with nothing, anywhere. */
export function testedIn(node: ASTNode): string[] {
  const asked = emptyNameIn(node);
  return asked === undefined ? childrenOf(node.args).flatMap(testedIn) : [asked];
}

/** The name in `name == ''` or `name != ''`, whichever side it stands on. */
function emptyNameIn(node: ASTNode): string | undefined {
  if (node.op !== '==' && node.op !== '!=') return undefined;
  const sides = childrenOf(node.args);
  const isEmpty = sides.some((side) => side.op === 'value' && side.args === '');
  const name = sides.find((side) => side.op === 'id');
  return isEmpty && name?.op === 'id' ? name.args : undefined;
}
