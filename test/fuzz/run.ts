import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzTarget } from './target.ts';

/**
 * `npm run fuzz [-- target …] [--iterations N] [--seed N]`: a long run over every target (a million mutated inputs each).
 * A failure names its target, seed and iteration; the same three give the same input again.
 */
const names = process.argv
  .slice(2)
  .filter((word, index, all) => !word.startsWith('--') && !all[index - 1]?.startsWith('--'));
const option = (name: string, otherwise: number): number => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
};
const iterations = option('iterations', 1_000_000);
const seed = option('seed', Math.floor(Math.random() * 2 ** 31));

const files = readdirSync(import.meta.dirname).filter((file) => /^(?!run|target|mutate)[a-z-]+\.ts$/.test(file));
let failed = 0;
for (const file of files) {
  const targets = Object.values((await import(join(import.meta.dirname, file))) as Record<string, unknown>).filter(
    isTarget,
  );
  for (const target of targets) {
    if (names.length > 0 && !names.includes(target.name)) continue;
    const startedAt = process.hrtime.bigint();
    try {
      await target.run(seed, iterations);
      const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
      console.log(`${target.name.padEnd(14)} ${iterations} inputs, seed ${seed}: held (${seconds.toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.error(`${target.name}: seed ${seed}:`, error);
    }
  }
}
process.exit(failed === 0 ? 0 : 1);

function isTarget(value: unknown): value is FuzzTarget {
  return typeof value === 'object' && value !== null && 'run' in value && 'name' in value;
}
