import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * Headers that tell browsers what our pages may do: only our own scripts, styles and sockets, no framing, and of the
 * devices only the microphone and loudspeaker. HTTPS is the proxy's business, so nothing here forces it.
 */
export function securityHeaders(): RequestHandler[] {
  const own = ["'self'"];
  return [
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: own,
          imgSrc: [...own, 'data:'],
          mediaSrc: [...own, 'blob:'],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: own,
          frameAncestors: ["'none'"],
        },
      },
      strictTransportSecurity: false,
      crossOriginOpenerPolicy: false,
      originAgentCluster: false,
      referrerPolicy: { policy: 'no-referrer' },
      xFrameOptions: { action: 'deny' },
    }),
    (_request, response, next) => {
      response.set('Permissions-Policy', 'microphone=(self), speaker-selection=(self), camera=(), geolocation=()');
      next();
    },
  ];
}
