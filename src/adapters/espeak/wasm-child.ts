/**
 * A program of its own: reads `{ text, arguments }` as JSON on standard input, writes a WAV file to standard output. It is run as
 * a child because espeak-ng is under the GPL, and because the module can serve one request only.
 */
import { text as readText } from 'node:stream/consumers';

interface EspeakModule {
  FS: { readFile(path: string): Uint8Array; writeFile(path: string, content: string): void };
}
type Start = (options: Record<string, unknown>) => Promise<EspeakModule>;

const request = JSON.parse(await readText(process.stdin)) as { text: string; arguments: string[] };
const packageName = 'espeak-ng';
const { default: start } = (await import(packageName)) as { default: Start };

const complaints: string[] = [];
const espeak = await start({
  arguments: [...request.arguments, '-b', '1', '-w', 'speech.wav', '-f', 'text.txt'],
  preRun: [(module: EspeakModule) => module.FS.writeFile('text.txt', request.text)],
  print: () => undefined,
  printErr: (line: string) => complaints.push(line),
});
try {
  process.stdout.write(espeak.FS.readFile('speech.wav'));
} catch {
  process.stderr.write(`nothing was spoken: ${complaints.join(' ')}\n`);
  process.exitCode = 1;
}
