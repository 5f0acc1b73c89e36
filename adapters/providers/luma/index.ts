import { AppError } from '../../../domain/errors';
import type { JobRef, JobState, MediaCall, Submission } from '../../../domain/provider/provider';
import { NO_USAGE } from '../../../domain/task/generation';
import { authorizeByKey, secretOption } from '../shared/api-key';
import { askForOne } from '../shared/balance';
import { createConnection, type Connection } from '../shared/connection';
import type { ProviderDescriptor } from '../shared/descriptor';
import { errorOfJob, meaningOf, type StatusWords } from '../shared/job-status';
import { isObject, requireObject, textOf } from '../shared/json';
import { errorOfAnswer } from '../shared/provider-error';
import { createJob, ended, lookAt, onlyLinks, outputOf, pending, requireId, deleteJob, isPending } from '../shared/media-job';
import { RATIOS } from '../shared/media-request';
import { lumaRequest, RESOLUTIONS } from './request';

const DEFAULT_POLL_MS = 3_000;
const STATUS: StatusWords = { pending: ['queued', 'dreaming', 'processing'], completed: ['completed'], failed: ['failed'], cancelled: [] };

/** Luma's Dream Machine API: photon images, ray videos. Its webhooks are unsigned: a hint to look. See docs/providers/luma.md. */
export const luma: ProviderDescriptor = {
  kind: 'luma',
  address: 'https://api.lumalabs.ai/dream-machine/v1',
  options: { api_key: secretOption },
  secretOptions: ['api_key'],
  modalities: ['image', 'video'],
  params: { chat: [], embedding: [], image: [], video: ['loop'] },
  supports: (operation) =>
    operation === 'image'
      ? {
          parameters: ['size', 'aspect_ratio', 'format', 'n', 'watermark'],
          roles: ['reference', 'style', 'subject', 'first_frame'],
          capabilities: { maxN: 1 },
        }
      : {
          parameters: ['size', 'aspect_ratio', 'resolution', 'duration_s', 'format'],
          roles: ['first_frame', 'last_frame'],
          capabilities: { maxN: 1, aspectRatios: RATIOS, resolutions: RESOLUTIONS, durationsS: [5, 9] },
        },
  create: (provider, { client }) => {
    const connection: Connection = createConnection(provider, client, {
      authorize: authorizeByKey(provider),
      errorOf: (answer, effect) => moderationOf(errorOfAnswer(answer, connection.name, effect, connection.secrets)),
    });
    const pollMs = provider.pollMs ?? DEFAULT_POLL_MS;
    return {
      drawsWatermark: false,
      // In cents.
      balance: (signal) => askForOne(connection, { path: 'credits', field: 'credit_balance', currency: 'USD', decimals: 2 }, signal),
      media: {
        submit: (call) => submit(connection, call, pollMs),
        poll: (job) => poll(connection, job, pollMs),
        open: onlyLinks,
        cancel: (job) => cancel(connection, job),
        readCallback: async () => ({ kind: 'hint' }),
      },
    };
  },
};

async function submit(connection: Connection, call: MediaCall, pollMs: number): Promise<Submission> {
  const created = await createJob(connection, call, await lumaRequest(call));
  return { state: 'accepted', upstreamId: requireId(connection, created), pollAfterMs: pollMs };
}

async function poll(connection: Connection, job: JobRef, pollMs: number): Promise<JobState> {
  const generation = requireObject((await lookAt(connection, job, generationPath(job))).body, 'a generation');
  const state = textOf(generation['state']) ?? '';
  switch (meaningOf(state, STATUS)) {
    case 'completed': {
      const assets = isObject(generation['assets']) ? generation['assets'] : {};
      const output = outputOf(assets[job.kind]);
      const usage = job.kind === 'image' ? { ...NO_USAGE, images: output === null ? 0 : 1 } : null;
      return ended(connection, { outputs: output === null ? [] : [output], usage, reportedMicroUsd: null });
    }
    case 'failed':
    case 'cancelled': {
      const what = `The job at provider ${connection.name} failed`;
      return { state: 'failed', error: moderationOf(errorOfJob(generation, state, what, connection.secrets)) };
    }
    case 'pending':
    case null:
      return pending(connection, state, STATUS, { pollAfterMs: pollMs });
  }
}

/** Luma gives no codes: that a prompt or an image was moderated is said in words alone. */
function moderationOf(error: AppError): AppError {
  const isChangeable = error.code === 'provider_rejected' || error.code === 'provider_unavailable';
  if (!isChangeable || !/moderation/i.test(error.facts.providerMessage ?? '')) return error;
  return new AppError('content_policy_violation', error.message, error.facts);
}

/** Deletes a generation that has not ended: deleting one that has would delete its result. */
function cancel(connection: Connection, job: JobRef): Promise<boolean> {
  return deleteJob(connection, job, generationPath(job), (body) => isPending(body, 'state', STATUS));
}

function generationPath({ upstreamId }: JobRef): string {
  return `generations/${encodeURIComponent(upstreamId)}`;
}
