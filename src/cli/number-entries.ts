import { readFile } from 'node:fs/promises';
import { loadNumbers } from '../calls/numbers.ts';
import type { NumberEntry } from '../flows/check/rules/numbers.ts';
import { type FlowError, Mistakes } from '../flows/language/errors.ts';
import { readYaml } from '../flows/language/source.ts';

/** The numbers of a file, as the checker of flows sees them, or the mistakes of the file. */
export function numberEntries(text: string, file: string): { numbers?: NumberEntry[]; errors: FlowError[] } {
  const loaded = loadNumbers(text, file);
  const source = readYaml(text, new Mistakes(file));
  if (!loaded.ok || !source) return { errors: loaded.ok ? [] : loaded.errors };
  const numbers = [...loaded.numbers.values()].map(({ number, flow, language, record }): NumberEntry => {
    const at = (key: string) => source.place(['numbers', number, key]);
    return {
      number,
      flow,
      recordsAll: record === 'call',
      file,
      places: { flow: at('flow'), language: at('language'), record: at('record') },
      ...(language !== undefined && { language }),
    };
  });
  return { numbers, errors: [] };
}

/** Undefined when there is no such file. */
export async function readNumberEntries(
  path: string,
  file: string,
): Promise<ReturnType<typeof numberEntries> | undefined> {
  try {
    return numberEntries(await readFile(path, 'utf8'), file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
