import { isIP } from 'node:net';
import type { Dialog } from '../dialog/dialog.ts';
import type { Source, Target } from '../transport/address.ts';
import { hopOf } from '../transport/hop.ts';

/**
 * Where requests of a dialog go in spite of the peer's Contact. Over TCP they stay on the connection. Over UDP a peer
 * behind a NAT writes an address into its Contact that is not the one it sends from; without a proxy in between
 * (no Record-Route), the address that it sends from is the one to use.
 */
export function pinFor(dialog: Dialog, source: Source): Target | undefined {
  if (source.protocol === 'tcp') {
    return {
      protocol: 'tcp',
      address: source.address,
      port: source.port,
      ...(source.connection ? { connection: source.connection } : {}),
    };
  }
  if (dialog.routeSet.length > 0) return undefined;
  const contact = hopOf(dialog.remoteTarget);
  if (!contact.ok || (isIP(contact.hop.host) && contact.hop.host !== source.address)) {
    return { protocol: 'udp', address: source.address, port: source.port };
  }
  return undefined;
}
