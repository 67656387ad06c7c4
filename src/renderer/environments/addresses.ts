/** What an address of a target says about it. Pure. */

/** The protocol of an address that names none, as the format has it. */
export function protocolOfAddress(url: string): 'acs' | 'http' | 'grpc' {
  if (/^https?:/i.test(url)) return 'http';
  return /^grpcs?:/i.test(url) ? 'grpc' : 'acs';
}

/** Whether nothing is encrypted on the way there: there are no certificates. */
export function isPlainAddress(url: string): boolean {
  return /^(ws|http|grpc):\/\//i.test(url);
}
