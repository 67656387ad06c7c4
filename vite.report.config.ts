/** Builds the program inside a self-contained report: one script and one style sheet, to be put into every report. */
import { resolve } from 'node:path';
import { defineConfig } from 'vite';

const root = import.meta.dirname;

export default defineConfig({
  root: resolve(root, 'src/report'),
  publicDir: false,
  build: {
    outDir: resolve(root, 'out/report'),
    emptyOutDir: true,
    target: 'es2022',
    minify: true,
    // Every byte is in every report.
    reportCompressedSize: false,
    lib: {
      entry: resolve(root, 'src/report/main.ts'),
      formats: ['iife'],
      name: 'CrosstalkReport',
      fileName: () => 'report.js',
      cssFileName: 'report',
    },
  },
});
