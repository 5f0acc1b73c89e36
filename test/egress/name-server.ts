import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';

/** A name server on loopback that answers each A query with the next address of its list, and the last one for ever. */
export interface NameServer {
  /** Resolves through this server alone. */
  resolve(hostname: string): Promise<readonly string[]>;
  /** How many A queries came. */
  queries(): number;
  close(): Promise<void>;
}

export async function startNameServer(answers: readonly string[]): Promise<NameServer> {
  let queries = 0;
  const socket = createSocket('udp4');
  socket.on('message', (query, sender) => {
    const { question, type } = readQuestion(query);
    const address = type === 1 ? answers[Math.min(queries, answers.length - 1)] : undefined;
    queries += type === 1 ? 1 : 0;
    socket.send(answerTo(query, question, address), sender.port, sender.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');

  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    async resolve(hostname) {
      const [four, six] = await Promise.all([resolver.resolve4(hostname), resolver.resolve6(hostname).catch(() => [])]);
      return [...four, ...six];
    },
    queries: () => queries,
    async close() {
      resolver.cancel();
      socket.close();
      await once(socket, 'close');
    },
  };
}

function readQuestion(query: Buffer): { question: Buffer; type: number } {
  let end = 12;
  while (query[end] !== 0) {
    end += (query[end] ?? 0) + 1;
  }
  return { question: query.subarray(12, end + 5), type: query.readUInt16BE(end + 1) };
}

function answerTo(query: Buffer, question: Buffer, address: string | undefined): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(address === undefined ? 0 : 1, 6);
  if (address === undefined) {
    return Buffer.concat([header, question]);
  }
  // Name by pointer to the question, type A, class IN, time to live 0, four bytes.
  const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split('.').map(Number)]);
  return Buffer.concat([header, question, record]);
}
