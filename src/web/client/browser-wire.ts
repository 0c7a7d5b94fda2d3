import type { Wire, WireEvents } from './page-client.ts';

/** A WebSocket to a path of the page's own server. */
export function openBrowserWire(path: string, events: WireEvents): Wire {
  const socket = new WebSocket(new URL(path, location.href.replace(/^http/, 'ws')));
  socket.onopen = () => events.opened();
  socket.onmessage = (message) => events.received(String(message.data));
  socket.onclose = (close) => events.dropped(close.code);
  return {
    send: (text) => socket.send(text),
    close: () => socket.close(1000),
  };
}
