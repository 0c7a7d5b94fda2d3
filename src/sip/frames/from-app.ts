/** What an App may say: the meta line of a frame read as a value. */
export type AppFrame =
  | { type: 'authenticate'; id: string; secret: string }
  | { type: 'route' | 'remove_route'; id: string; verb: string }
  | { type: 'ping'; id: string }
  | { type: 'sip'; id: string; transactionId: string; dialogId: string; nextHop: string; sip: Buffer }
  | { type: 'proxy'; id: string; transactionId: string }
  | { type: 'unreadable'; id: string; why: 'Invalid message format' | 'Unknown message type' };

const CR = 0x0d;

/** Reads a payload. It never throws: what cannot be read says so. */
export function readAppFrame(payload: Buffer): AppFrame {
  const lineEnd = payload.indexOf(CR);
  const meta = payload.toString('utf8', 0, lineEnd < 0 ? payload.length : lineEnd);
  const sip = lineEnd < 0 ? Buffer.alloc(0) : payload.subarray(lineEnd + 2);
  const tokens = meta.split('|');
  const id = tokens[0] ?? '';
  const third = tokens[2];
  switch (tokens[1]) {
    case 'authenticate':
      return { type: 'authenticate', id, secret: third ?? '' };
    case 'route':
    case 'remove_route':
      if (!third) return { type: 'unreadable', id, why: 'Invalid message format' };
      return { type: tokens[1], id, verb: third.toLowerCase() };
    case 'ping':
      return { type: 'ping', id };
    case 'sip':
      if (third === undefined || sip.length === 0) return { type: 'unreadable', id, why: 'Invalid message format' };
      return { type: 'sip', id, transactionId: third, dialogId: tokens[3] ?? '', nextHop: tokens[4] ?? '', sip };
    case 'proxy':
      return { type: 'proxy', id, transactionId: third ?? '' };
    case undefined:
      return { type: 'unreadable', id, why: 'Invalid message format' };
    default:
      return { type: 'unreadable', id, why: 'Unknown message type' };
  }
}
