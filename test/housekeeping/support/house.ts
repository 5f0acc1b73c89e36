import type { HousekeepingDeps } from '../../../activities/housekeeping/deps';
import { createHousekeeper } from '../../../activities/housekeeping/housekeeper';
import { createPassingObjectsSweep } from '../../../activities/housekeeping/passing-objects';
import type { Database } from '../../../adapters/db';
import { createObjectStore, type S3ObjectStore } from '../../../adapters/storage/object-store';
import type { Caller } from '../../../domain/access/caller';
import type { MediaInput } from '../../../domain/task/generation';
import type { NewTask } from '../../../domain/task/store';
import type { Asset, Delivered, TaskError } from '../../../domain/task/task';
import { aSettlement, aTaskId, anAdmission } from '../../db/support';
import type { TestBucket } from '../../support/bucket';

const DAY_MS = 86_400_000;

/** A database and a bucket, and the housekeeping over both, whose clock the test sets. */
export interface House {
  readonly database: Database;
  readonly objects: S3ObjectStore;
  /** What was logged as a warning, by part. */
  readonly broken: string[];
  /** One turn of a housekeeper that has no memory of earlier ones, so many days from now. */
  keepHouse(afterDays?: number, changes?: Partial<HousekeepingDeps['objects']>, signal?: AbortSignal): Promise<void>;
  passingObjectsSweep(afterDays: number, bounds: { readonly page: number; readonly pages: number }): () => Promise<number>;
}

export function useHouse(database: () => Database, bucket: () => TestBucket): House {
  let objects: S3ObjectStore | undefined;
  const broken: string[] = [];
  beforeAll(() => {
    objects = createObjectStore({ ...bucket() });
  });
  afterAll(() => objects?.close());
  const openObjects = (): S3ObjectStore => {
    if (objects === undefined) throw new Error('The house is opened in beforeAll: use it inside a test or hook.');
    return objects;
  };
  const logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (fields: object) => void broken.push(String((fields as { part?: unknown }).part)),
    error: () => undefined,
    child: () => logger,
  };
  const depsAt = (afterDays: number, changes: Partial<HousekeepingDeps['objects']> = {}): HousekeepingDeps => {
    return {
      store: database().housekeeping,
      calls: database().calls,
      logDays: 90,
      objects: { ...openObjects(), ...changes },
      spool: database().spool,
      sweepIdempotencyKeys: () => database().sweepIdempotencyKeys(),
      logger,
      now: () => new Date(Date.now() + afterDays * DAY_MS),
    };
  };
  return {
    get database() {
      return database();
    },
    get objects() {
      return openObjects();
    },
    broken,
    keepHouse: (afterDays = 0, changes = {}, signal = new AbortController().signal) =>
      createHousekeeper(depsAt(afterDays, changes)).turn(signal),
    passingObjectsSweep: (afterDays, bounds) => {
      const sweep = createPassingObjectsSweep(depsAt(afterDays), bounds);
      return () => sweep(new AbortController().signal);
    },
  };
}

export const PROMPT = 'A secret boat.';

export function aMediaInput(changes: Partial<MediaInput> = {}): MediaInput {
  return {
    operation: 'image',
    prompt: PROMPT,
    images: [],
    output: { size: '512x512', seed: 7, watermark: 'for Ann' },
    params: { style: 'vivid' },
    ...changes,
  };
}

/** An image task, queued. */
export async function anImageTask(database: Pick<Database, 'tasks'>, caller: Caller, changes: Partial<NewTask> = {}): Promise<string> {
  const id = aTaskId();
  const task = {
    id,
    type: 'image',
    operation: 'image',
    endpoint: 'tasks',
    model: 'sandbox-image',
    input: aMediaInput(),
    ...changes,
  } as const;
  await database.tasks.admit([anAdmission(caller, { firstAttempt: null, task })]);
  return id;
}

export async function retain(database: Database, caller: Caller, days: number | null): Promise<void> {
  await database.query('update teams set retention_days = $2 where id = $1', [caller.teamId, days]);
}

/** An asset whose bytes and thumbnail lie in the bucket. */
export async function anAsset({ database, objects }: House, caller: Caller, changes: Partial<Asset> = {}): Promise<Asset> {
  const id = changes.id ?? `asset_${aTaskId().slice(5)}`;
  const asset: Asset = {
    id,
    teamId: caller.teamId,
    taskId: null,
    index: null,
    kind: 'image',
    key: `teams/${String(caller.teamId)}/assets/${id}`,
    thumbnailKey: `teams/${String(caller.teamId)}/thumbnails/${id}.webp`,
    contentType: 'image/png',
    width: 1,
    height: 1,
    durationS: null,
    bytes: 5,
    sha256: 'c'.repeat(64),
    revisedPrompt: null,
    createdAt: new Date(),
    ...changes,
  };
  await objects.put(asset.key, Buffer.from('bytes'), 'image/png');
  if (asset.thumbnailKey !== null) await objects.put(asset.thumbnailKey, Buffer.from('thumb'), 'image/webp');
  await database.assets.insert([asset]);
  return asset;
}

/** Ends a task well, with one output. */
export async function succeed(house: House, caller: Caller, taskId: string): Promise<Asset> {
  const asset = await anAsset(house, caller, { id: `asset_${taskId.slice(5)}`, taskId, index: 0, revisedPrompt: 'A boat at sea.' });
  await house.database.tasks.settle([aSettlement(taskId, { textResult: null, attempt: null })]);
  return asset;
}

const NOT_STORED: TaskError = {
  code: 'asset_storage_failed',
  message: 'It could not be stored.',
  retryable: true,
  providerCode: null,
  providerMessage: null,
  param: null,
};

/** Ends a task whose provider delivered and whose result could not be kept; answers the key of the delivered file. */
export async function failToStore(house: House, taskId: string, from: 'staged' | 'spooled' = 'staged'): Promise<string> {
  const { tasks, spool } = house.database;
  const key = `staging/${taskId}/1/0`;
  await tasks.beginAttempt({ taskId, n: 1, provider: 'sandbox', model: 'sandbox-image', instanceId: null });
  const delivered: Delivered = {
    outputs: [{ from, key, revisedPrompt: 'It says "from":"spooled".' }],
    usage: null,
    reportedMicroUsd: null,
  };
  await tasks.recordDelivered(taskId, 1, delivered);
  if (from === 'staged') await house.objects.put(key, Buffer.from('delivered'), 'application/octet-stream');
  else await spool.put(key, Buffer.from('delivered'));
  await tasks.settle([aSettlement(taskId, { status: 'failed', textResult: null, attempt: null, error: NOT_STORED, actualMicroUsd: 0n })]);
  return key;
}

/** Those of the keys whose object exists. */
export async function existing({ objects }: House, keys: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(keys.map(async (key) => ((await objects.exists(key)) ? [key] : [])));
  return found.flat();
}
