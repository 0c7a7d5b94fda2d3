/** Text from outside as both databases take it: no NUL, no half of a surrogate pair. (JSON escapes both by itself.) */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD').toWellFormed();
}
