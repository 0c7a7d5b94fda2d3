/** Addresses as numbers with the width of their family; undefined for anything that is no address. */
function readAddress(text: string): { bits: bigint; width: 32 | 128 } | undefined {
  const plain = text.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  return plain.includes(':') ? readV6(plain) : readV4(plain);
}

function readV4(text: string): { bits: bigint; width: 32 } | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
  if (!parts || parts.some((part) => part > 255)) return undefined;
  return { bits: parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n), width: 32 };
}

function readV6(text: string): { bits: bigint; width: 128 } | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return { bits: groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n), width: 128 };
}

/** A range of addresses, such as `192.168.0.0/16`, `10.1.2.3` or `fd00::/8`. */
export interface AddressRange {
  has(address: string): boolean;
}

/** Reads a range; undefined when it is none. */
export function readRange(text: string): AddressRange | undefined {
  const [, base = '', length] = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const first = readAddress(base);
  if (!first) return undefined;
  const prefix = length === undefined ? first.width : Number(length);
  if (prefix > first.width) return undefined;
  const shift = BigInt(first.width - prefix);
  return {
    has: (address) => {
      const read = readAddress(address);
      return read?.width === first.width && read.bits >> shift === first.bits >> shift;
    },
  };
}
