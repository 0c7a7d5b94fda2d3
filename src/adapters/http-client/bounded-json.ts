import type { Json } from '../../flows/machine/types.ts';
import { ParleyError } from '../../shared/errors.ts';

/** The most of an answer that is read, in bytes after decompression. */
export const MAX_BYTES = 256 * 1024;
/** How deep lists and objects may lie in one another. */
export const MAX_DEPTH = 32;

/**
 * The JSON of an answer, null when it is empty. Stops reading, and closes the connection, as soon as the answer is known to be
 * too large. Rejects with `http.tooLarge` or `http.notJson`, and as the connection does when it breaks.
 */
export async function readJson(response: Response): Promise<Json> {
  const text = decode(await readBytes(response));
  if (text.trim() === '') return null;
  if (nestsDeeper(text, MAX_DEPTH)) throw new ParleyError('http.notJson', { why: 'nested too deep' });
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new ParleyError('http.notJson');
  }
}

async function readBytes({ body, headers }: Response): Promise<Uint8Array> {
  if (!body) return new Uint8Array();
  const tooLarge = new ParleyError('http.tooLarge', { why: `more than ${MAX_BYTES} bytes` });
  if (Number(headers.get('content-length')) > MAX_BYTES) {
    await giveUp(body);
    throw tooLarge;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > MAX_BYTES) throw tooLarge;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Closes the connection of an answer that is not read. */
export async function giveUp(body: Response['body']): Promise<void> {
  await body?.cancel().catch(() => undefined);
}

/** JSON between systems is UTF-8 (RFC 8259, section 8.1). */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ParleyError('http.notJson', { why: 'no UTF-8' });
  }
}

/** Looked at before parsing, so that nothing deep is ever built. */
function nestsDeeper(text: string, most: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index];
    if (inString) {
      if (char === '\\') index += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      if (depth > most) return true;
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return false;
}
