/** One tag of an XML text. */
export interface XmlTag {
  name: string;
  attributes: Readonly<Record<string, string>>;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** The opening tags of an XML text in their order. Throws when it is not well-formed; knows what drawings use of XML and no more. */
export function readXml(text: string): XmlTag[] {
  if (FORBIDDEN.test(text)) throw new Error('a character that XML cannot hold');
  const tags: XmlTag[] = [];
  const open: string[] = [];
  const token = /<(\/)?([a-z][A-Za-z]*)((?:\s+[a-z][A-Za-z:-]*="[^"<]*")*)\s*(\/)?>|([^<]+)/y;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const [, closing, name = '', attributes = '', empty, words] = token.exec(text) ?? [];
    if (token.lastIndex <= at) throw new Error(`no XML from "${text.slice(at, at + 40)}" on`);
    if (words !== undefined) {
      plain(words);
      if (open.length === 0 && words.trim() !== '') throw new Error('text outside of the root');
    } else if (closing) {
      if (open.pop() !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      if (open.length === 0 && tags.length > 0) throw new Error('a second root');
      const pairs = [...attributes.matchAll(/([A-Za-z:-]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [
        key,
        plain(value),
      ]);
      const known = Object.fromEntries(pairs) as Record<string, string>;
      if (Object.keys(known).length !== pairs.length) throw new Error(`an attribute twice in <${name}>`);
      tags.push({ name, attributes: known });
      if (!empty) open.push(name);
    }
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  return tags;
}

function plain(words: string): string {
  return words.replace(/&([^;\s]{0,8};)?/g, (_, entity: string | undefined) => {
    const character = ENTITIES[entity?.slice(0, -1) ?? ''];
    if (character === undefined) throw new Error(`a bare & in "${words.slice(0, 40)}"`);
    return character;
  });
}
