/**
 * What is burnt into the packaged binary, by the names of `@electron/fuses`; packaging sets them and checks them after.
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
