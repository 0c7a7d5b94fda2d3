import { expect, test } from 'vitest';
import { committedPage, printedPages } from '../../../scripts/print-docs.ts';

test.each(Object.entries(printedPages()))('%s is what the code prints (npm run docs)', (path, text) => {
  expect(committedPage(path)).toBe(text);
});
