import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Database from 'libsql';
import { createOldVideos } from './old-videos';

/** What each call takes, in the program's units: 0.002 dollars. */
export const QUOTA_PER_CALL = 1_000;

/** A gateway that lives on a database of New API: it knows its keys, charges its balances and writes its log, as far as chats and videos need it. */
export interface OldGateway {
  /** Without /v1, as the program says it. */
  readonly url: string;
  /** Calls that it answered, by legacy id of the key. */
  readonly served: Map<number, number>;
  /** Jobs for videos. */
  readonly videos: ReturnType<typeof createOldVideos>;
  /** What it answers in place of a chat; null: chats. */
  fault: { readonly status: number; readonly code: string } | null;
  /** Sum of all balances in units. */
  balances(): bigint;
  /** What is left of a user's balance is changed, as an administrator does it. */
  topUp(userId: number, quota: number): void;
  /** Whatever else its administrator does. */
  change(sql: string): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface Token {
  readonly id: number;
  readonly user_id: number;
  readonly name: string;
  readonly quota: number;
}

export async function startOldGateway(file: string): Promise<OldGateway> {
  const database = new Database(file);
  // As the programs open it: who reads holds up nobody.
  database.exec('pragma journal_mode = wal');
  const find = database.prepare(
    'select t.id, t.user_id, t.name, u.quota from tokens t join users u on u.id = t.user_id where t.key = ? and t.status = 1 and t.deleted_at is null',
  );
  const spend = [
    database.prepare(`update users set quota = quota - ${String(QUOTA_PER_CALL)} where id = ?`),
    database.prepare(`update tokens set remain_quota = remain_quota - ${String(QUOTA_PER_CALL)} where id = ?`),
  ] as const;
  const log = database.prepare(
    `insert into logs (user_id, created_at, type, token_name, model_name, quota, prompt_tokens, completion_tokens, token_id, other)
     values (?, ?, 2, ?, ?, ${String(QUOTA_PER_CALL)}, 10, 5, ?, '{}')`,
  );
  const served = new Map<number, number>();
  const videos = createOldVideos({
    charge(userId, quota) {
      database.prepare('update users set quota = quota - ? where id = ?').run(quota, userId);
    },
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const key = /^Bearer (?:sk-)?([^-]+)/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const token = find.get(key) as Token | undefined;
    if (gateway.fault !== null) {
      fail(response, gateway.fault.status, gateway.fault.code);
      return;
    }
    if (token === undefined) {
      fail(response, 401, 'invalid_token');
      return;
    }
    if (token.quota <= 0) {
      fail(response, 403, 'insufficient_user_quota');
      return;
    }
    if (await videos.answer(request, response, { text, token })) return;
    const body = JSON.parse(text) as { model: string; stream?: boolean };
    spend[0].run(token.user_id);
    spend[1].run(token.id);
    log.run(token.user_id, Math.floor(Date.now() / 1_000), token.name, body.model, token.id);
    served.set(token.id, (served.get(token.id) ?? 0) + 1);
    const frame = { id: 'chatcmpl-old', created: 1, model: body.model };
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };
    if (body.stream === true) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const content of ['old ', 'side']) {
        response.write(
          `data: ${JSON.stringify({ ...frame, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`,
        );
      }
      response.write(
        `data: ${JSON.stringify({ ...frame, object: 'chat.completion.chunk', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}\n\n`,
      );
      response.write(`data: ${JSON.stringify({ ...frame, object: 'chat.completion.chunk', choices: [], usage })}\n\n`);
      response.end('data: [DONE]\n\n');
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    const message = { role: 'assistant', content: 'old side' };
    response.end(JSON.stringify({ ...frame, object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }], usage }));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const gateway: OldGateway = {
    url: `http://127.0.0.1:${String(port)}`,
    served,
    videos,
    fault: null,
    balances: () => BigInt((database.prepare('select sum(quota) as sum from users where deleted_at is null').get() as { sum: number }).sum),
    topUp(userId, quota) {
      database.prepare('update users set quota = quota + ? where id = ?').run(quota, userId);
    },
    change(sql) {
      database.exec(sql);
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
    start: () => listen(port),
  };
  return gateway;
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { message: `refused: ${code}`, type: 'new_api_error', code } }));
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request) text += String(piece);
  return text;
}
