import type { CaseResult } from './run-case.ts';

export interface FileResult {
  file: string;
  flow: string;
  cases: CaseResult[];
  /** How long the cases took, in ms of real time. */
  tookMs: number;
}

/** What a person reads about the cases that failed. */
export function printFailures({ file, cases }: FileResult): string {
  return cases
    .filter(({ failures }) => failures.length > 0)
    .map(({ name, failures, transcript }) => {
      const found = failures.flatMap(({ place, text, diff = [] }) => [
        `  ${file}:${place.line}:${place.column} ${text}`,
        ...diff.map((line) => `      ${line}`),
      ]);
      return [`✗ ${name}`, ...found, '  what happened:', ...transcript.map((line) => `      ${line}`)].join('\n');
    })
    .join('\n');
}

/** The XML that CI servers read as the results of JUnit. */
export function junitOf(results: readonly FileResult[]): string {
  const suites = results.map(({ file, flow, cases, tookMs }) => {
    const failed = cases.filter(({ failures }) => failures.length > 0).length;
    const inner = cases.map(({ name, place, failures, transcript, virtualMs }) => {
      const attributes = `name="${xml(name)}" classname="${xml(flow)}" file="${xml(file)}" line="${place.line}"`;
      const time = (virtualMs / 1_000).toFixed(3);
      const properties = `<properties><property name="callSeconds" value="${time}"/></properties>`;
      if (failures.length === 0) return `    <testcase ${attributes} time="0">${properties}</testcase>`;
      const [first] = failures;
      const lines = failures.flatMap((one) => [`${file}:${one.place.line} ${one.text}`, ...(one.diff ?? [])]);
      const text = xml([...lines, '', ...transcript].join('\n'));
      return `    <testcase ${attributes} time="0">${properties}<failure message="${xml(first?.text ?? '')}">${text}</failure></testcase>`;
    });
    const head = `name="${xml(file)}" tests="${cases.length}" failures="${failed}" time="${(tookMs / 1_000).toFixed(3)}"`;
    return [`  <testsuite ${head}>`, ...inner, '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>', ''].join('\n');
}

/** Text inside of XML 1.0: what it cannot hold at all becomes U+FFFD. */
function xml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .toWellFormed()
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll('\n', '&#10;')
  );
}
