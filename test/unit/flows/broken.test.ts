import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadFlow } from '../../../src/flows/language/load.ts';

/** One broken flow a file; its first lines say what has to be found: `# expect LINE:COLUMN RULE`. */
const dir = join(import.meta.dirname, '../../fixtures/flows/broken');

describe('[F2] a broken flow is told at its line and column by its rule', () => {
  for (const file of readdirSync(dir)) {
    it(file, () => {
      const text = readFileSync(join(dir, file), 'utf8');
      const expected = [...text.matchAll(/^# expect (.+)$/gm)].map((match) => match[1]);
      const loaded = loadFlow(text, file);
      const found = loaded.ok ? [] : loaded.errors.map(({ line, column, rule }) => `${line}:${column} ${rule}`);
      expect(expected.length).toBeGreaterThan(0);
      expect(found, JSON.stringify(loaded.ok ? [] : loaded.errors)).toEqual(expected);
    });
  }
});
