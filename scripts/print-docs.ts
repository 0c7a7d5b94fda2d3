import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { settings } from '../src/config/config.ts';
import { pictureOf } from '../src/flows/draw/picture.ts';
import { svgOf } from '../src/flows/draw/svg.ts';
import { loadFlow } from '../src/flows/language/load.ts';
import { loadServices, SECRET_PREFIX } from '../src/flows/services/services.ts';
import { FAILURES } from '../src/shared/errors.ts';
import { flowReferencePage } from './flow-reference.ts';
import { flowRulesPage } from './flow-rules.ts';

/** Pages that are printed from the code, by their path in the repository. `npm run docs` writes them; a test compares. */
export function printedPages(): Record<string, string> {
  return {
    'docs/errors.md': errorsPage(),
    'docs/flow-reference.md': flowReferencePage(),
    'docs/flow-rules.md': flowRulesPage(),
    'docs/images/welcome.svg': welcomeDrawing(),
    '.env.example': envExample(),
  };
}

function welcomeDrawing(): string {
  const file = 'ivr-flows/welcome.yaml';
  const loaded = loadFlow(committedPage(file), file);
  if (!loaded.ok) throw new Error(`${file} has mistakes`);
  return svgOf(pictureOf(loaded.flow));
}

function errorsPage(): string {
  const rows = Object.entries(FAILURES).map(
    ([code, { fault, http, sip, text }]) => `| \`${code}\` | ${text} | ${fault} | ${http} | ${sip} |`,
  );
  return `# Failures

Printed from \`src/shared/errors.ts\`. *Fault* says who has to act: the one who asked, something we depend on, or us.

| code | sentence | fault | HTTP | SIP |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function envExample(): string {
  const lines = Object.entries(settings.shape).map(([name, shape]) => {
    const otherwise = EXAMPLES[name] ?? defaultOf(name);
    return `# ${shape.description ?? ''}\n#${name}=${otherwise}`;
  });
  const secrets = namedSecrets().map((name) => `#${SECRET_PREFIX}${name}=`);
  return `# Printed from src/config/config.ts. Take the # away from what you set.\n\n${lines.join('\n\n')}\n\n# Secrets that services.yaml or trunks.yaml names, as {{ secret.SHOP_TOKEN }}; with docker-compose.yml, lines of secrets.env\n${secrets.join('\n')}\n\n# For docker-compose.yml only\n#DRACHTIO_SECRET=\n#PARLEY_MEDIA_SECRET=\n#POSTGRES_PASSWORD=\n`;
}

/** The secrets of the services that come with Parley. */
function namedSecrets(): string[] {
  const loaded = loadServices(committedPage('ivr-flows/services.yaml'), 'services.yaml');
  if (!loaded.ok) throw new Error('ivr-flows/services.yaml has mistakes');
  return [...new Set([...loaded.services.values()].flatMap(({ secrets }) => secrets))].sort();
}

const EXAMPLES: Record<string, string> = {
  PARLEY_RTP_PORTS: '20000-29999',
  PARLEY_DATA_DIR: './data',
  PARLEY_FLOWS_DIR: './ivr-flows',
  PARLEY_SIP_CONFIG_DIR: './sip-config',
  PARLEY_RECORDINGS_DIR: './recordings',
  PARLEY_MEDIA_THREADS: '1',
  REDIS_URL: 'redis://127.0.0.1:6379',
  DATABASE_URL: 'postgres://parley:password@127.0.0.1:5432/parley',
  DRACHTIO_URL: 'drachtio://:secret@127.0.0.1:9022',
  MEDIA_URL: 'media://:secret@127.0.0.1:9023',
};

function defaultOf(name: string): string {
  const read = settings.parse({}) as Record<string, unknown>;
  return read[name] === undefined ? '' : String(read[name]);
}

/** A page as it stands in the repository. */
export function committedPage(path: string): string {
  return readFileSync(join(import.meta.dirname, '..', path), 'utf8');
}

if (process.argv[1] === import.meta.filename) {
  for (const [path, text] of Object.entries(printedPages())) writeFileSync(join(import.meta.dirname, '..', path), text);
}
