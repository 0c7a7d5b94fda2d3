import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { isIPv6 } from 'node:net';

/**
 * The UDP sockets of a leg. Addresses are always numbers here, so the look-up that node:dgram makes before each send is
 * replaced by one that answers at once: it would put every packet off to the next turn of the event loop.
 */
function lookupOfFamily(family: 4 | 6): NonNullable<SocketOptions['lookup']> {
  return (address, _options, done) => done(null, address, family);
}

export interface LegSockets {
  rtp: Socket;
  /** Undefined when RTCP shares the RTP port. */
  rtcp: Socket | undefined;
  rtpPort: number;
}

/** Binds both sockets or none. Rejects with the system's error, such as EADDRINUSE. */
export async function bindSockets(ip: string, rtpPort: number, rtcpPort: number | undefined): Promise<LegSockets> {
  const rtp = await bind(ip, rtpPort);
  try {
    const rtcp = rtcpPort === undefined ? undefined : await bind(ip, rtcpPort);
    return { rtp, rtcp, rtpPort: rtp.address().port };
  } catch (error) {
    rtp.close();
    throw error;
  }
}

function bind(ip: string, port: number): Promise<Socket> {
  const family = isIPv6(ip) ? 6 : 4;
  const socket = createSocket({ type: `udp${family}`, lookup: lookupOfFamily(family) });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: ip, port, exclusive: true }, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
