import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const page = (name: string): string => resolve(import.meta.dirname, name, 'index.html');

/** Three pages that share what they have in common. Nothing is inlined: the pages' policy allows only files of ours. */
export default defineConfig({
  root: import.meta.dirname,
  build: {
    outDir: resolve(import.meta.dirname, '../../dist/web'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: { desk: page('desk'), call: page('call'), console: page('console') } },
  },
});
