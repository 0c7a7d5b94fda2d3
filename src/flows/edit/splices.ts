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
