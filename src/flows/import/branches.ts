/** A condition with where it leads, as an `if` has them. */
export interface Branch {
  when: string;
  then: string;
}

export function branch(when: string, to: string): Branch {
  // biome-ignore lint/suspicious/noThenProperty: the word of the flow language; these objects are never awaited.
  return { when, then: to };
}

/** A share with where it leads, as `distribute` has them. */
export function share(percent: number, to: string): { percent: number } & Pick<Branch, 'then'> {
  // biome-ignore lint/suspicious/noThenProperty: the word of the flow language; these objects are never awaited.
  return { percent, then: to };
}
