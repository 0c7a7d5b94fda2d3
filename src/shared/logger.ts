import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * One line of JSON a fact, on standard error. Sentences are fixed, values are fields, and anything personal
 * stands under a `pii` key, which is left out unless `showPii` is set.
 */
export function createLogger(program: string, options: { level?: string; showPii?: boolean } = {}): Logger {
  return pino(
    {
      name: program,
      level: options.level ?? process.env['PARLEY_LOG'] ?? 'info',
      base: { program },
      redact: options.showPii ? [] : { paths: ['pii', '*.pii'], censor: '[pii]' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
