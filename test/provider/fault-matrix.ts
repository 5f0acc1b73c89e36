import { isAppError, type ErrorCode } from '../../domain/errors';
import type { MediaCall, MediaProvider, TextProvider } from '../../domain/provider/provider';
import { HTTP_FAULTS, type HttpFault } from '../lab/faults';
import type { Lab } from '../lab/lab';
import { chatCall, collector, failureOf, mediaCall } from './calls';

/** What becomes of a paid create that meets a fault. `made`: the vendor carried it out; null: the fault does not keep it from succeeding. */
export const EXPECTED: Readonly<Record<HttpFault, { readonly code: ErrorCode | null; readonly made: boolean; readonly waitMs?: number }>> =
  {
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
      // Only of an overload is it certain; what was looked for at the vendor and is not there was not bought either.
      if (code === 'provider_unavailable') expect(failure.facts.isUnpaid === true).toBe(fault === 'overloaded' || found);
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

/** A chat may be repeated, so that a lost answer is no unknown outcome. `streamed`: where a stream ends otherwise than a whole answer. */
const EXPECTED_OF_CHATS: Readonly<Partial<Record<HttpFault, { readonly whole: ErrorCode; readonly streamed?: ErrorCode }>>> = {
  accepted_cut: { whole: 'provider_unavailable' },
  cut_before: { whole: 'provider_unavailable' },
  cut_in_body: { whole: 'provider_unavailable' },
  hang: { whole: 'provider_timeout' },
  accepted_hang: { whole: 'provider_timeout' },
  malformed: { whole: 'provider_bad_response', streamed: 'provider_unavailable' },
  empty: { whole: 'provider_bad_response', streamed: 'provider_unavailable' },
};

/** Declares the tests of every fault of HTTP on a chat, whole and streamed: its code, and one call on the wire. */
export function testChatFaults({ kind, lab, text, model, made }: ChatFaultedKind): void {
  const ways = (fault: HttpFault) => (fault === 'drip' ? (['streamed'] as const) : (['whole', 'streamed'] as const));
  test.each(HTTP_FAULTS.flatMap((fault) => ways(fault).map((way) => [fault, way] as const)))(
    `${kind}: a chat that meets %s, %s, ends as declared, and is sent once`,
    async (fault, way) => {
      const expected = EXPECTED[fault];
      const ofChats = EXPECTED_OF_CHATS[fault];
      const code = (way === 'streamed' ? ofChats?.streamed : undefined) ?? ofChats?.whole ?? expected.code;
      lab().reset();
      const before = made();
      const timeouts = fault.endsWith('hang') ? { wholeFirstByteMs: 150, firstByteMs: 150 } : {};
      const { chunks, onChunk } = collector();

      const answer = text().chat(chatCall(`A boat [lab:${fault}]`, { model, timeouts, ...(way === 'streamed' ? { onChunk } : {}) }));

      if (code === null) expect((await answer).choices[0]).toMatchObject({ finish_reason: 'stop' });
      else {
        const failure = await failureOf(answer);
        expect(failure.code).toBe(code);
        if (expected.waitMs !== undefined) expect(failure.facts.retryAfterMs).toBe(expected.waitMs);
        expect(chunks.flatMap(({ choices }) => choices).filter((choice) => choice.finish_reason !== null)).toEqual([]);
      }
      expect(lab().requests(kind)).toHaveLength(1);
      expect(made() - before).toBe(expected.made ? 1 : 0);
    },
  );
}

/** One kind of text provider under test. */
export interface ChatFaultedKind extends Pick<FaultedKind, 'kind' | 'lab' | 'made'> {
  readonly text: () => TextProvider;
  readonly model: string;
}
