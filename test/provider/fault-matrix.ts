import { isAppError, type ErrorCode } from '../../domain/errors';
import type { MediaCall, MediaProvider } from '../../domain/provider/provider';
import { HTTP_FAULTS, type HttpFault } from '../lab/faults';
import type { Lab } from '../lab/lab';
import { failureOf, mediaCall } from './calls';

/** What becomes of a paid create that meets a fault. `made`: the vendor carried it out; null: the fault does not keep it from succeeding. */
const EXPECTED: Readonly<Record<HttpFault, { readonly code: ErrorCode | null; readonly made: boolean; readonly waitMs?: number }>> = {
  refuse: { code: 'provider_rejected', made: false },
  auth: { code: 'provider_auth', made: false },
  billing: { code: 'provider_auth', made: false },
  not_found: { code: 'provider_not_found', made: false },
  rate_limit: { code: 'rate_limited', made: false },
  rate_limit_seconds: { code: 'rate_limited', made: false, waitMs: 1_000 },
  rate_limit_ms: { code: 'rate_limited', made: false, waitMs: 50 },
  rate_limit_date: { code: 'rate_limited', made: false },
  overloaded: { code: 'provider_unavailable', made: false },
  error_500: { code: 'provider_unavailable', made: false },
  accepted_500: { code: 'provider_unavailable', made: true },
  accepted_cut: { code: 'outcome_unknown', made: true },
  cut_before: { code: 'outcome_unknown', made: false },
  cut_in_body: { code: 'outcome_unknown', made: true },
  hang: { code: 'outcome_unknown', made: false },
  accepted_hang: { code: 'outcome_unknown', made: true },
  drip: { code: null, made: true },
  malformed: { code: 'provider_bad_response', made: true },
  wrong_type: { code: 'provider_bad_response', made: false },
  empty: { code: 'provider_bad_response', made: false },
};

/** One kind of provider under test. */
export interface FaultedKind {
  readonly kind: string;
  readonly lab: () => Lab;
  readonly media: () => MediaProvider;
  /** A create as the vendor wants it; the prompt asks for the fault. */
  readonly call?: Partial<Pick<MediaCall, 'kind' | 'model' | 'output'>>;
  /** How many jobs or results the vendor's server has made so far. */
  readonly made: () => number;
  /** The vendor finds a job by our operation key: what was made is taken up, though its answer was lost. */
  readonly found?: boolean;
}

/** Declares the tests of every fault of HTTP on a paid create: its code, one call on the wire, and what the vendor carried out. */
export function testFaults({ kind, lab, media, call = {}, made, found = false }: FaultedKind): void {
  test.each(HTTP_FAULTS)(`${kind}: a create that meets %s ends as declared, and is sent once`, async (fault) => {
    const expected = EXPECTED[fault];
    const code = found && expected.made ? null : expected.code;
    lab().reset();
    const before = made();
    const isSilent = fault.endsWith('hang');
    const timeouts = isSilent ? { submitMs: 150, firstByteMs: 150 } : {};
    const { kind: modality = 'video', model = 'm', output = {} } = call;

    const submission = media().submit(
      mediaCall(modality, `A boat [lab:${fault}]`, { model, output, timeouts, operationKey: `task_${fault}:1` }),
    );

    if (code === null) expect((await submission).state).toMatch(/accepted|completed/);
    else {
      const failure = await failureOf(submission);
      expect(isAppError(failure) ? failure.code : failure).toBe(code);
      if (expected.waitMs !== undefined) expect(failure.facts.retryAfterMs).toBe(expected.waitMs);
    }
    expect(
      lab()
        .requests(kind)
        .filter(({ method }) => method !== 'GET'),
    ).toHaveLength(1);
    expect(made() - before).toBe(expected.made ? 1 : 0);
  });
}
