import { randomBytes, randomInt } from 'node:crypto';

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);
let used = 0;

/** Random lower-case hex of so many bytes; one trip to the system's generator serves hundreds of tokens. */
function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    pool = randomBytes(POOL_BYTES);
    used = 0;
  }
  const text = pool.toString('hex', used, used + bytes);
  used += bytes;
  return text;
}

/** A From or To tag: 64 random bits (RFC 3261 section 19.3 asks for 32). */
export function newTag(): string {
  return randomHex(8);
}

/** A Via branch with the cookie of RFC 3261 section 8.1.1.7. */
export function newBranch(): string {
  return `z9hG4bK${randomHex(10)}`;
}

export function newCallId(host: string): string {
  return `${randomHex(16)}@${host}`;
}

/** A first CSeq or RSeq: below 2^31 with room to count on. */
export function newSequence(): number {
  return randomInt(1, 2 ** 27);
}
