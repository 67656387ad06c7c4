/**
 * What all generators ask, in a process of its own and as cheap as Node can be: bare sockets that answer every request
 * with the same JSON and the heads a service sends. Counts; answers over IPC.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';

const body = JSON.stringify({
  items: Array.from({ length: 4 }, (_, i) => ({ id: i + 1, name: `Client ${i + 1}`, plan: 'Fibre 200' })),
});
const answer = Buffer.from(
  [
    'HTTP/1.1 200 OK',
    'date: Sat, 21 Nov 2026 12:00:00 GMT',
    'server: uvicorn',
    `content-length: ${body.length}`,
    'content-type: application/json',
    'x-request-id: 0b1e2c34-0d7a-4a52-9f5e-6c2f8f1f7a11',
    '',
    body,
  ].join('\r\n'),
);
const end = Buffer.from('\r\n\r\n');

let requests = 0;

function serve(socket: Socket): void {
  let rest: Buffer | null = null;
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    let text = rest === null ? chunk : Buffer.concat([rest, chunk]);
    for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end)) {
      requests++;
      socket.write(answer);
      text = text.subarray(at + end.length);
    }
    rest = text.length === 0 ? null : text;
  });
}

const server = createServer(serve);
server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 }, () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);

/** There is one question to ask. */
process.on('message', () => process.send?.({ requests }));
process.on('disconnect', () => process.exit(0));
