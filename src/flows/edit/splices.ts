/** A piece of a text that is replaced: from `offset` up to `end`, in UTF-16 units of the text before any splice. */
export interface Splice {
  offset: number;
  end: number;
  text: string;
}

export function insertion(offset: number, text: string): Splice {
  return { offset, end: offset, text };
}

/** Splices of one text in its order, without those that change nothing. They must not overlap. */
export function inOrder(text: string, splices: readonly Splice[]): Splice[] {
  return splices
    .filter((splice) => text.slice(splice.offset, splice.end) !== splice.text)
    .sort((a, b) => a.offset - b.offset || a.end - b.end);
}

export function applySplices(text: string, splices: readonly Splice[]): string {
  let done = 0;
  let result = '';
  for (const splice of inOrder(text, splices)) {
    if (splice.offset < done) throw new RangeError('these splices overlap');
    result += text.slice(done, splice.offset) + splice.text;
    done = splice.end;
  }
  return result + text.slice(done);
}

/** What turns the text after the splices back into `text`. */
export function inverse(text: string, splices: readonly Splice[]): Splice[] {
  let shift = 0;
  return inOrder(text, splices).map(({ offset, end, text: written }) => {
    const from = offset + shift;
    shift += written.length - (end - offset);
    return { offset: from, end: from + written.length, text: text.slice(offset, end) };
  });
}

/** A part of a text after splices: a range of the text before, or what was written. */
type Piece = { from: number; to: number } | { text: string };

/** The splices that do at once what two lists of them do one after the other, to a text of `length` units. */
export function chained(length: number, first: readonly Splice[], second: readonly Splice[]): Splice[] {
  const between = piecesAfter([{ from: 0, to: length }], first);
  const result: Splice[] = [];
  let done = 0;
  let written = '';
  const keep = (from: number, to: number) => {
    if (from > done || written !== '') result.push({ offset: done, end: from, text: written });
    written = '';
    done = to;
  };
  for (const piece of piecesAfter(between, second)) {
    if ('text' in piece) written += piece.text;
    else if (piece.to > piece.from) keep(piece.from, piece.to);
  }
  keep(length, length);
  return result;
}

function piecesAfter(pieces: readonly Piece[], splices: readonly Splice[]): Piece[] {
  const result: Piece[] = [];
  let done = 0;
  for (const { offset, end, text } of splices) {
    result.push(...between(pieces, done, offset), { text });
    done = end;
  }
  return [...result, ...between(pieces, done, Number.POSITIVE_INFINITY)];
}

function between(pieces: readonly Piece[], from: number, to: number): Piece[] {
  let at = 0;
  return pieces.flatMap((piece): Piece[] => {
    const start = Math.max(0, from - at);
    const length = 'text' in piece ? piece.text.length : piece.to - piece.from;
    const end = Math.min(length, to - at);
    at += length;
    if (start >= end) return [];
    if ('text' in piece) return [{ text: piece.text.slice(start, end) }];
    return [{ from: piece.from + start, to: piece.from + end }];
  });
}
