import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '../fixtures/drachtio-traces');

/** One entry of a trace: what one side sent, or a note. */
export type TraceEvent = { atMs: number } & (
  | { kind: 'note'; text: string }
  /** A frame with its length prefix, or raw bytes that are none. */
  | { kind: 'frame'; by: 'app' | 'server'; text: string }
  /** A SIP message. `party` is the peer's name in the trace; `port` its UDP port, absent over TCP. */
  | { kind: 'sip'; by: 'peer' | 'server'; party: string; port?: number; text: string }
);

export interface Trace {
  /** File name without `.txt`. */
  name: string;
  events: TraceEvent[];
}

/** Names of all traces among the fixtures, in order. */
export function traceNames(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.txt'))
    .map((file) => file.slice(0, -'.txt'.length))
    .sort();
}

export function readTrace(name: string): Trace {
  return { name, events: parseTrace(readFileSync(join(FOLDER, `${name}.txt`), 'utf8')) };
}

/**
 * Reads a trace: entries begin with `[seconds] WHO -> WHOM`, their text stands below it, each line behind four spaces and
 * an empty line behind the last. Line ends of the text are CRLF on the wire.
 */
export function parseTrace(text: string): TraceEvent[] {
  const events: TraceEvent[] = [];
  const lines = text.replace(/\n$/, '').split('\n');
  for (let at = 0; at < lines.length; ) {
    const head = /^\[\s*([\d.]+)\] (.*)$/.exec(lines[at] ?? '');
    at += 1;
    if (!head) continue;
    const body: string[] = [];
    while (at < lines.length && !/^\[\s*[\d.]+\] /.test(lines[at] ?? '')) {
      body.push((lines[at] ?? '').replace(/^ {4}/, ''));
      at += 1;
    }
    // The empty line between two entries; the last entry of a file has none.
    if (at < lines.length && body.at(-1) === '') body.pop();
    const event = readEntry(head[2] ?? '', body.join('\r\n'));
    if (event) events.push({ atMs: Math.round(Number(head[1]) * 1_000), ...event });
  }
  return events;
}

type Entry = TraceEvent extends infer E ? (E extends { atMs: number } ? Omit<E, 'atMs'> : never) : never;

function readEntry(head: string, text: string): Entry | undefined {
  if (head === 'NOTE') return { kind: 'note', text };
  if (head === 'APP -> SERVER') return { kind: 'frame', by: 'app', text };
  if (head === 'SERVER -> APP') return { kind: 'frame', by: 'server', text };
  const sip = /^SIP (\w+) -> (\w+) \((udp|tcp)(?: (\d+)->(\d+))?\)$/.exec(head);
  if (!sip) return undefined;
  const [, from = '', to = '', , source, target] = sip;
  const byServer = from === 'SERVER';
  const port = byServer ? target : source;
  return {
    kind: 'sip',
    by: byServer ? 'server' : 'peer',
    party: byServer ? to : from,
    ...(port === undefined ? {} : { port: Number(port) }),
    text,
  };
}

/** Every SIP message of every trace as bytes: samples for fuzzing. */
export function traceMessages(): Buffer[] {
  return allEvents().flatMap((event) =>
    event.kind === 'sip' && event.text.trim() !== '' ? [Buffer.from(event.text)] : [],
  );
}

/** Every frame of every trace as bytes, in both directions. */
export function traceFrames(): Buffer[] {
  return allEvents().flatMap((event) =>
    event.kind === 'frame' && /^\d+#/.test(event.text) ? [Buffer.from(event.text)] : [],
  );
}

function allEvents(): TraceEvent[] {
  return traceNames().flatMap((name) => readTrace(name).events);
}
