import { randomUUID } from 'node:crypto';

/** Where a job of the lab is. */
export type LabJobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';

export interface LabJob<Request> {
  readonly id: string;
  /** What it was asked for. */
  readonly request: Request;
  /** What makes it fail, in the vendor's own words; null: it succeeds. */
  readonly fault: string | null;
  state: LabJobState;
  /** 0..1 */
  progress: number;
  looks: number;
  /** It was deleted after it had been made. */
  isLost?: boolean;
}

/** Jobs of one vendor's server: queued at first, running at the second look, ended at the third. At most the last 1,000 are kept. */
export interface LabJobs<Request> {
  create(request: Request, options?: { readonly id?: string; readonly fault?: string | null }): LabJob<Request>;
  /** A job, which moves with every look; undefined when there is none. */
  look(id: string): LabJob<Request> | undefined;
  /** A job as it is. */
  get(id: string): LabJob<Request> | undefined;
  /** False when it has ended. */
  cancel(id: string): boolean;
  /** Stops a job, or deletes what one that has ended made. The fault `ends_at_delete` makes it end just before. False when there is none. */
  delete(id: string): boolean;
  all(): readonly LabJob<Request>[];
}

const MOST = 1_000;

/** @param failing - faults with which a job ends as failed */
export function createJobs<Request>(failing: readonly string[] = ['failed', 'moderated']): LabJobs<Request> {
  const jobs = new Map<string, LabJob<Request>>();
  return {
    create(request, { id = randomUUID(), fault = null } = {}) {
      const job: LabJob<Request> = { id, request, fault, state: 'queued', progress: 0, looks: 0 };
      jobs.set(id, job);
      const [oldest] = jobs.keys();
      if (jobs.size > MOST && oldest !== undefined) jobs.delete(oldest);
      return job;
    },
    look(id) {
      const job = jobs.get(id);
      if (job === undefined || (job.state !== 'queued' && job.state !== 'running')) return job;
      job.looks += 1;
      job.state =
        job.looks < 2 ? 'queued' : job.looks < 3 ? 'running' : job.fault !== null && failing.includes(job.fault) ? 'failed' : 'succeeded';
      job.progress = job.state === 'succeeded' ? 1 : job.state === 'running' ? 0.5 : 0;
      return job;
    },
    get: (id) => jobs.get(id),
    cancel(id) {
      const job = jobs.get(id);
      if (job === undefined || (job.state !== 'queued' && job.state !== 'running')) return false;
      job.state = 'cancelled';
      return true;
    },
    delete(id) {
      const job = jobs.get(id);
      if (job === undefined || job.state === 'cancelled') return false;
      job.isLost = job.state === 'succeeded' || job.fault === 'ends_at_delete';
      job.state = 'cancelled';
      return true;
    },
    all: () => [...jobs.values()],
  };
}
