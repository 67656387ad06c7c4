/** What both doors send with every answer of the page's own origin, so that they behave alike. */

/**
 * The content security policy in production. Everything comes from our own origin and nothing inline runs; styles set
 * by code go through the style object, which the policy does not concern.
 */
export const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const deniedFeatures = [
  'camera',
  'geolocation',
  'display-capture',
  'usb',
  'serial',
  'hid',
  'midi',
  'payment',
];

/** The recorder needs it; whether it gets it is asked of the operator, or of the desktop door's guards. */
const ownFeature = 'microphone=(self)';

/** Headers of every response, whatever its status. */
export const securityHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy': contentSecurityPolicy,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': [ownFeature, ...deniedFeatures.map((feature) => `${feature}=()`)].join(', '),
  'Cache-Control': 'no-store',
};
