import type { HeaderLine } from '../wire/message.ts';

/** Lower-case names of the header lines that are made over and over; anything else is lowered as it comes. */
const KEYS = new Map(
  ['Via', 'From', 'To', 'Call-ID', 'CSeq', 'Contact', 'Max-Forwards', 'Route', 'Content-Type', 'Record-Route'].map(
    (name) => [name, name.toLowerCase()],
  ),
);

export function header(name: string, value: string): HeaderLine {
  return { name, key: KEYS.get(name) ?? name.toLowerCase(), value };
}
