/**
 * A SIP message as values: what the parser makes and the serialiser writes (RFC 3261 section 7).
 * Header order is kept; names are kept as they were written and compared without case (compact forms already expanded).
 */
export interface HeaderLine {
  /** As on the wire, compact forms expanded: `v` becomes `Via`. */
  name: string;
  /** Lower case, for comparison: `via`, `call-id`. */
  key: string;
  /** The raw value, unfolded and trimmed. Comma lists are split into lines of their own for Via, Route and Record-Route. */
  value: string;
}

interface MessageParts {
  headers: HeaderLine[];
  /** The body's bytes, exactly Content-Length of them (or all that a datagram holds). */
  body: Buffer;
}

export interface SipRequest extends MessageParts {
  type: 'request';
  method: string;
  uri: string;
}

export interface SipResponse extends MessageParts {
  type: 'response';
  status: number;
  reason: string;
}

export type SipMessage = SipRequest | SipResponse;

/** Why a message cannot be used, and the answer that RFC 3261 asks for where one may be given. */
export interface ParseRefusal {
  ok: false;
  /** Short and fixed, for the log: `no Call-ID`, `CSeq method differs`. */
  reason: string;
  /** Status to answer with when the request can still be answered (Via, From, To, Call-ID, CSeq readable); absent: drop silently. */
  answer?: { status: number; reason: string; request: SipRequest };
}

export type ParseResult = { ok: true; message: SipMessage } | ParseRefusal;
