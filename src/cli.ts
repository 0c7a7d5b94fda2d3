import { fork } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { folderAudioStore } from './adapters/files/folder-audio-store.ts';
import type { Records } from './adapters/records/open.ts';
import { checkCommand } from './cli/flow-check.ts';
import { drawCommand } from './cli/flow-draw.ts';
import { editCommand } from './cli/flow-edit.ts';
import { exploreCommand } from './cli/flow-explore.ts';
import { coverageCommand, figuresCommand } from './cli/flow-figures.ts';
import { importFlow } from './cli/flow-import.ts';
import { canaryCommand, rollbackCommand } from './cli/flow-live.ts';
import { publishCommand } from './cli/flow-publish.ts';
import { recordCommand } from './cli/flow-record.ts';
import { printFlowSchema } from './cli/flow-schema.ts';
import { simulateCommand } from './cli/flow-simulate.ts';
import { testFlows } from './cli/flow-test.ts';
import { diffCommand, versionsCommand } from './cli/flow-versions.ts';
import { printLines, withRecords } from './cli/records.ts';
import { readOwnSettings } from './config/config.ts';
import { verifyRecordings } from './recordings/verify-recordings.ts';
import { ParleyError } from './shared/errors.ts';
import { addUser, listUsers, setUserPassword, setUserSkills } from './users/account-commands.ts';

/** The `parley` command. Exit status: 0 all is well, 1 something is wrong with what was looked at, 2 the command's words are. */
const USAGE = `parley start                                 the whole call centre
parley sip --host H --port P --admin-port A  the embedded SIP server alone (secret in PARLEY_SIP_SECRET)
parley media --admin-port A                  the media program alone (secret in PARLEY_MEDIA_SECRET)
parley flow check [FOLDER|FILE] [--strict] [--format text|json|sarif] [--sip-config DIR] [--environment] | --rules
parley flow test [FOLDER|FILE] [--coverage]  the tests beside the flows, without a phone
parley flow simulate FILE|NAME [--script -]  a call in the terminal: read what the caller hears, type what they do
parley flow explore [FOLDER|FILE|NAME] [--seconds-to-person N] [--write DIR]    every way through a flow, and what goes wrong there
parley flow schema                           the JSON Schema of flow files, for editors
parley flow draw FILE|NAME [--format svg|mermaid] [--out FILE]          a picture of a flow
parley flow edit FILE set PATH VALUE | rename STEP NAME | … [--dry-run]  one change in a flow's source, and no other byte
parley flow import --from KIND FILE          a flow of jambonz, twilio, connect, swml or freepbx as ours
parley flow publish NAME [--message TEXT] [--as USER] [--keep-live]     stores the flow as a version, and makes it live
parley flow versions NAME                    what was published, newest first
parley flow diff NAME [A] [B]                what has changed by step: v2, a hash, live or draft; from live to draft
parley flow rollback NAME [VERSION] [--as USER]                         makes an earlier version live
parley flow canary NAME --percent N [--version V|draft] | --stop | --promote [--as USER]
parley flow figures NAME [--days 30]         what became of the calls, by version
parley flow coverage NAME [--days 30] [--version V]                     what real calls did at each step, and what never
parley flow record CALL_ID [--out FILE]      a real call as a test, with everything personal made up
parley recordings verify                     whether every recording is as it was written
parley user list
parley user add NAME --role agent|supervisor|admin [--display NAME]     password on standard input
parley user password NAME                    password on standard input
parley user skills NAME [SKILL …]            what they can do, such as lang:zh; a queue asks for it
`;

const COMMANDS: Record<string, (args: string[]) => Promise<number>> = {
  sip: (args) => runProgram('sip/main.ts', args),
  media: (args) => runProgram('media/main.ts', args),
  'flow check': checkCommand,
  'flow schema': printFlowSchema,
  'flow draw': drawCommand,
  'flow edit': editCommand,
  'flow import': importFlow,
  'flow publish': publishCommand,
  'flow versions': versionsCommand,
  'flow diff': diffCommand,
  'flow rollback': rollbackCommand,
  'flow canary': canaryCommand,
  'flow test': testFlows,
  'flow simulate': simulateCommand,
  'flow explore': exploreCommand,
  'flow figures': figuresCommand,
  'flow coverage': coverageCommand,
  'flow record': recordCommand,
  'recordings verify': () => withRecords(reportRecordings),
  'user list': () => withRecords(async ({ accounts }) => printLines(await listUsers(accounts))),
  'user add': addAccount,
  'user password': changePassword,
  'user skills': changeSkills,
};

process.exitCode = await main(process.argv.slice(2));

async function main(words: string[]): Promise<number> {
  for (const taken of [2, 1]) {
    const command = COMMANDS[words.slice(0, taken).join(' ')];
    if (!command || words.length < taken) continue;
    try {
      return await command(words.slice(taken));
    } catch (error) {
      process.stderr.write(`parley: ${error instanceof Error ? error.message : String(error)}\n`);
      return error instanceof ParleyError ? 1 : 2;
    }
  }
  const asked = words.length === 0 || ['help', '--help', '-h'].includes(words[0] ?? '');
  (asked ? process.stdout : process.stderr).write(USAGE);
  return asked ? 0 : 2;
}

async function reportRecordings({ recordingCatalogue }: Records): Promise<number> {
  const report = await verifyRecordings(recordingCatalogue, folderAudioStore(readOwnSettings().PARLEY_RECORDINGS_DIR));
  for (const { key } of report.missing) console.log(`missing  ${key}`);
  for (const { key } of report.changed) console.log(`changed  ${key}`);
  console.log(`${report.sound} sound, ${report.missing.length} missing, ${report.changed.length} changed`);
  return report.missing.length + report.changed.length === 0 ? 0 : 1;
}

async function addAccount(args: string[]): Promise<number> {
  const options = { role: { type: 'string' }, display: { type: 'string' } } as const;
  const { positionals, values } = parseArgs({ args, allowPositionals: true, options });
  const [name] = positionals;
  if (name === undefined || values.role === undefined) throw new Error(`say a name and a role\n${USAGE}`);
  const password = await readPassword();
  const display = values.display === undefined ? {} : { displayName: values.display };
  return withRecords(async ({ accounts }) =>
    printLines([await addUser(accounts, { name, role: values.role ?? '', password, ...display })]),
  );
}

async function changePassword([name]: string[]): Promise<number> {
  if (name === undefined) throw new Error(`say a name\n${USAGE}`);
  const password = await readPassword();
  return withRecords(async ({ accounts }) => printLines([await setUserPassword(accounts, name, password)]));
}

function changeSkills([name, ...skills]: string[]): Promise<number> {
  if (name === undefined) throw new Error(`say a name\n${USAGE}`);
  return withRecords(async ({ accounts }) => printLines([await setUserSkills(accounts, name, skills)]));
}

/** The first line of standard input: a password among the arguments would stand in the list of processes. */
async function readPassword(): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write('password: ');
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  return text.split(/\r?\n/)[0] ?? '';
}

/** One of our programs in the foreground; its exit status is ours. */
function runProgram(file: string, args: string[]): Promise<number> {
  const child = fork(join(import.meta.dirname, file), args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill('SIGTERM'));
  child.on('message', (message) => console.log(JSON.stringify(message)));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
}
