import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMPORTERS } from '../../src/flows/import/index.ts';

const ROOT = join(import.meta.dirname, '../..');
const IMPORTS = join(ROOT, 'test/fixtures/imports');

/** Every flow of the repository by its file: those that are run, those with mistakes, and what imports make of others' files. */
export function flowFiles(): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of ['ivr-flows', 'test/fixtures/flows']) {
    for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (/\.yaml$/.test(file)) found.set(`${folder}/${file}`, readFileSync(join(ROOT, folder, file), 'utf8'));
    }
  }
  for (const [kind, convert] of Object.entries(IMPORTERS)) {
    for (const file of readdirSync(join(IMPORTS, kind))) {
      const text = readFileSync(join(IMPORTS, kind, file), 'utf8');
      found.set(`imported ${kind}/${file}`, convert(text, { name: 'imported', language: 'en' }).yaml);
    }
  }
  return found;
}
