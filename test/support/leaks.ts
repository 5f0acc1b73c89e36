import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { Client as TemporalClient, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Client } from 'pg';
import type { TestBucket } from './bucket';

/** Where an installation may have written something down. */
export interface Traces {
  readonly databaseUrl: string;
  readonly bucket: TestBucket;
  readonly logs: string;
  readonly temporalAddress: string;
  readonly queuePrefix: string;
  /** What it said of itself: metrics, errors. */
  readonly texts: readonly { readonly where: string; readonly text: string }[];
}

/** A value shorter than this is a word that may stand anywhere. */
const SHORTEST = 12;
/** Larger objects are media. */
const LARGEST_OBJECT = 512 * 1024;
const MOST_OBJECTS = 300;
const MOST_OF_A_TYPE = 4;

/** Those of the values that nobody would write by chance. */
export function secretsAmong(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values.filter((value) => value !== undefined && value.length >= SHORTEST))] as string[];
}

/**
 * Looks for secrets in everything that an installation keeps or says: each table, the objects, the logs, Temporal's histories and `texts`.
 * @returns where each was found, with the secret's first characters only
 */
export async function findLeaks(secrets: readonly string[], traces: Traces): Promise<readonly string[]> {
  const needles = secrets.map((secret) => ({ name: `${secret.slice(0, 6)}…`, forms: formsOf(secret) }));
  const found: string[] = [];
  const look = (where: string, text: string): void => {
    for (const { name, forms } of needles) if (forms.some((form) => text.includes(form))) found.push(`${name} in ${where}`);
  };
  for (const { where, text } of traces.texts) look(where, text);
  for (const file of readdirSync(traces.logs)) look(`the log ${file}`, readFileSync(join(traces.logs, file), 'utf8'));
  await Promise.all([
    lookInTables(
      traces.databaseUrl,
      needles.map(({ name, forms }) => [name, forms]),
      found,
    ),
    lookInObjects(traces.bucket, look),
    lookInHistories(traces, look),
  ]);
  return [...new Set(found)];
}

/** As it is, and in base64 at each of the three places that it can begin at, as payloads of histories hold it. */
function formsOf(secret: string): readonly string[] {
  const inBase64 = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]).toString('base64');
    // Neighbours change the characters at both ends.
    return text.slice(offset === 0 ? 0 : offset + 1, -4);
  });
  return [secret, ...inBase64];
}

async function lookInTables(
  url: string,
  needles: readonly (readonly [name: string, forms: readonly string[]])[],
  found: string[],
): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select quote_ident(relname) as name from pg_class where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace`,
    );
    const forms = needles.flatMap(([, all]) => all);
    for (const { name } of tables) {
      const { rows } = await client.query<{ form: string }>(
        `select distinct form from ${name} as t, unnest($1::text[]) as form where strpos(t::text, form) > 0`,
        [forms],
      );
      for (const { form } of rows) {
        const owner = needles.find(([, all]) => all.includes(form));
        found.push(`${owner?.[0] ?? ''} in the table ${name}`);
      }
    }
  } finally {
    await client.end();
  }
}

async function lookInObjects(
  { endpoint, region, bucket, accessKeyId, secretAccessKey }: TestBucket,
  look: (where: string, text: string) => void,
) {
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });
  try {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: MOST_OBJECTS }));
    for (const { Key, Size = 0 } of Contents) {
      if (Key === undefined || Size > LARGEST_OBJECT) continue;
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      look(`the object ${Key}`, (await Body?.transformToString('latin1')) ?? '');
    }
  } finally {
    client.destroy();
  }
}

async function lookInHistories({ temporalAddress, queuePrefix }: Traces, look: (where: string, text: string) => void): Promise<void> {
  const connection = await Connection.connect({ address: temporalAddress });
  try {
    const client = new TemporalClient({ connection });
    const seen = new Map<string, number>();
    for await (const run of client.workflow.list({ query: `TaskQueue STARTS_WITH '${queuePrefix}'` })) {
      const count = seen.get(run.type) ?? 0;
      seen.set(run.type, count + 1);
      if (count >= MOST_OF_A_TYPE) continue;
      const history = await client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      look(`the history of ${run.type} ${run.workflowId}`, JSON.stringify(historyToJSON(history)));
    }
  } finally {
    await connection.close();
  }
}
