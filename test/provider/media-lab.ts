import type { Provider } from '../../domain/provider/catalogue';
import type { JobState, MediaCall, MediaProvider } from '../../domain/provider/provider';
import { createProviderRegistry } from '../../adapters/providers/registry';
import { startLab, type Lab } from '../lab/lab';
import type { LabVendor } from '../lab/vendor';
import { job, provider } from './calls';

interface MediaLab {
  readonly lab: Lab;
  /** The adapter of the vendor's kind at the lab. */
  readonly media: MediaProvider;
  /** The same, configured otherwise. */
  at(changes: Partial<Provider>): MediaProvider;
  /** Makes a job and looks until it ends. */
  run(call: MediaCall): Promise<Exclude<JobState, { state: 'pending' }>>;
  /** The path and the JSON of what came to the lab first. */
  sent(): readonly [path: string, body: unknown];
}

interface Options {
  /** What the base URL has beside the server's address. */
  readonly path?: string;
  /** How the provider is configured, by the vendor's address. */
  readonly configured?: (url: string) => Partial<Provider>;
  /** What each look at a job that goes on has to tell. */
  readonly pending: (state: JobState) => void;
}

/** One vendor's server for a test file, its requests forgotten after each test, and the adapter that speaks to it. */
export function useMediaLab(vendor: LabVendor, { path = '', configured = () => ({}), pending }: Options): MediaLab {
  const { kind } = vendor;
  let started: { readonly lab: Lab; readonly media: MediaProvider } | undefined;
  const open = () => {
    if (started === undefined) throw new Error('The lab starts in beforeAll: use it inside a test or hook.');
    return started;
  };
  const adapterAt = (lab: Lab, changes: Partial<Provider>): MediaProvider =>
    createProviderRegistry()(provider({ kind, baseUrl: `${lab.url(kind)}${path}`, ...changes })).media!;
  beforeAll(async () => {
    const lab = await startLab([vendor]);
    started = { lab, media: adapterAt(lab, configured(lab.url(kind))) };
  });
  afterEach(() => started?.lab.reset());
  afterAll(() => started?.lab.close());

  const lazily = <Part extends object>(part: () => Part): Part =>
    new Proxy({} as Part, { get: (_target, name) => part()[name as keyof Part] });
  return {
    lab: lazily(() => open().lab),
    media: lazily(() => open().media),
    at: (changes) => adapterAt(open().lab, changes),
    async run(call) {
      const submission = await open().media.submit(call);
      if (submission.state !== 'accepted') throw new Error(submission.state);
      const ref = { ...job(submission.upstreamId, call.model), kind: call.kind };
      for (;;) {
        const state = await open().media.poll(ref);
        if (state.state !== 'pending') return state;
        pending(state);
      }
    },
    sent() {
      const request = open().lab.requests(kind)[0]!;
      return [request.path, JSON.parse(request.body.toString())];
    },
  };
}
