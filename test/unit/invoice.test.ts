import fc from 'fast-check';
import { createInvoiceBooks } from '../../domain/invoice/books';
import { findColumns } from '../../domain/invoice/columns';
import { readAmount, readLine, type InvoiceLine } from '../../domain/invoice/line';
import { modelMeant } from '../../domain/invoice/model-name';
import { createReconciler } from '../../domain/invoice/reconcile';
import type { AttemptHour, BookedAttempt } from '../../domain/records/attempt';
import { midnightIn } from '../../domain/time-zone';

const MICRO = 1_000_000n;
const DAY_MS = 86_400_000;
const november = (day: number): Date => new Date(Date.UTC(2026, 10, day));
const PERIOD = { from: november(1), to: november(30) };

const anHour = (day: number, hour: number, changes: Partial<AttemptHour> = {}): AttemptHour => ({
  hour: new Date(november(day).getTime() + hour * 3_600_000),
  model: 'gpt-5-mini',
  served: 'our-mini',
  outcome: 'succeeded',
  attempts: 10,
  costMicroUsd: 1_000n,
  mostMicroUsd: 0n,
  images: 0,
  videoSeconds: 0,
  inputTokens: 5_000,
  outputTokens: 500,
  ...changes,
});

const aLine = (day: number, micro: number, changes: Partial<Omit<InvoiceLine, 'from' | 'to'>> = {}) => ({
  from: november(day),
  to: new Date(november(day).getTime() + DAY_MS),
  model: 'gpt-5-mini-2025-08-07, input',
  upstreamId: null,
  quantity: null,
  amount: BigInt(Math.round(micro * 1e6)),
  precision: 0n,
  ...changes,
});

const anAttempt = (changes: Partial<BookedAttempt> = {}): BookedAttempt => ({
  taskId: 'task_1',
  n: 1,
  at: new Date(november(3).getTime() + 9.5 * 3_600_000),
  model: 'gpt-5-mini',
  served: 'our-mini',
  upstreamId: 'req-1',
  outcome: 'succeeded',
  costMicroUsd: 100n,
  mostMicroUsd: 0n,
  ...changes,
});

function compare(hours: readonly AttemptHour[], lines: readonly ReturnType<typeof aLine>[]) {
  const reconciler = createReconciler(createInvoiceBooks(hours), PERIOD, 100);
  for (const line of lines) reconciler.dated(line);
  return reconciler.finish();
}

const reasonsOf = ({ differences }: ReturnType<typeof compare>): readonly string[] => differences.map(({ reason }) => reason);

test('lines of a model and day add up to what was booked, whatever the invoice calls the model', () => {
  const result = compare(
    [anHour(3, 9), anHour(3, 22), anHour(4, 1)],
    [aLine(3, 1_500), aLine(3, 500, { model: 'gpt-5-mini-2025-08-07, output' }), aLine(4, 1_000, { model: 'our-mini' })],
  );
  expect(result).toMatchObject({ lines: 3, agreed: 2, isExplained: true, invoice: 3_000n * MICRO });
  expect([...result.reasons]).toEqual([]);
});

test('every difference has a reason, and those without one make the whole unexplained', () => {
  const failed = { outcome: 'failed', costMicroUsd: 0n, mostMicroUsd: 900n, attempts: 3 } as const;
  const unknown = { outcome: 'unknown', costMicroUsd: 0n, mostMicroUsd: 400n, attempts: 1 } as const;
  const cases: readonly [string, readonly AttemptHour[], readonly ReturnType<typeof aLine>[], readonly string[], boolean][] = [
    ['a rounded line', [anHour(3, 9)], [aLine(3, 1_004)], [], true],
    ['an unknown outcome', [anHour(3, 9), anHour(3, 9, unknown)], [aLine(3, 1_350)], ['outcome_unknown'], true],
    ['more than it can have cost', [anHour(3, 9), anHour(3, 9, unknown)], [aLine(3, 1_500)], ['unexplained'], false],
    ['a cancelled call that was billed', [anHour(3, 9), anHour(3, 10, failed)], [aLine(3, 1_800)], ['ended_without_charge'], true],
    [
      'another price on every day',
      [anHour(3, 9), anHour(4, 9)],
      [aLine(3, 1_500), aLine(4, 1_500)],
      ['price_differs', 'price_differs'],
      true,
    ],
    ['another price for the same quantity', [anHour(3, 9)], [aLine(3, 1_500, { quantity: 5_500 })], ['price_differs'], true],
    ['another model', [anHour(3, 9)], [aLine(3, 1_000), aLine(3, 9, { model: 'sora' })], ['not_in_our_books'], false],
    ['a day without lines', [anHour(3, 9), anHour(4, 9)], [aLine(3, 1_000)], ['not_on_the_invoice'], false],
    [
      'days of another zone',
      [anHour(3, 9), anHour(3, 20), anHour(4, 9), anHour(4, 18), anHour(5, 3)],
      [aLine(3, 1_000), aLine(4, 2_000), aLine(5, 2_000)],
      ['time_zone', 'time_zone'],
      true,
    ],
  ];
  const found = cases.map(([what, hours, lines]) => {
    const result = compare(hours, lines);
    return [what, reasonsOf(result), result.isExplained];
  });
  expect(found).toEqual(cases.map(([what, , , reasons, isExplained]) => [what, reasons, isExplained]));
});

test('lines that name a call are compared with that call alone', () => {
  const books = createInvoiceBooks([
    anHour(3, 9, { attempts: 5, costMicroUsd: 300n }),
    anHour(3, 9, { outcome: 'unknown', attempts: 2, costMicroUsd: 0n, mostMicroUsd: 200n }),
    anHour(3, 9, { outcome: 'cancelled', attempts: 1, costMicroUsd: 0n, mostMicroUsd: 100n }),
  ]);
  const reconciler = createReconciler(books, PERIOD, 100);
  const named = (micro: number, attempt: BookedAttempt | null) => reconciler.named(aLine(3, micro, { upstreamId: 'x' }), attempt);
  named(100, anAttempt());
  named(150, anAttempt());
  named(80, anAttempt({ outcome: 'unknown', costMicroUsd: 0n, mostMicroUsd: 100n }));
  named(50, anAttempt({ outcome: 'cancelled', costMicroUsd: 0n, mostMicroUsd: 100n }));
  // One more unknown outcome is left for a call without an id of ours; then no more.
  named(90, null);
  named(90, null);
  const result = reconciler.finish();
  expect(reasonsOf(result)).toEqual([
    'price_differs',
    'outcome_unknown',
    'ended_without_charge',
    'outcome_unknown',
    'not_in_our_books',
    'not_on_the_invoice',
  ]);
  expect(result.differences.at(-1)).toMatchObject({ booked: 100n * MICRO });
  expect(result.isExplained).toBe(false);
});

test('the exports of vendors are understood by their columns', () => {
  const heads = [
    'start_time,end_time,start_time_iso,end_time_iso,amount_value,amount_currency,line_item,project_id,organization_id',
    'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type',
    'Project name,Service description,SKU description,SKU ID,Credit type,Cost type,Usage start date,Usage end date,Usage amount,Usage unit,Unrounded Cost ($),Cost ($)',
    'BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ResourceId,SkuId',
    'request_id,timestamp,model,cost_usd',
  ];
  const named = heads.map((text) => {
    const head = text.split(',');
    return Object.fromEntries(Object.entries(findColumns(head, {}) ?? {}).map(([field, index]) => [field, head[index]]));
  });
  expect(named).toEqual([
    { from: 'start_time_iso', to: 'end_time_iso', model: 'line_item', amount: 'amount_value', currency: 'amount_currency' },
    { from: 'usage_date_utc', model: 'model', amount: 'cost_usd' },
    { from: 'Usage start date', to: 'Usage end date', model: 'SKU description', quantity: 'Usage amount', amount: 'Unrounded Cost ($)' },
    {
      from: 'ChargePeriodStart',
      to: 'ChargePeriodEnd',
      model: 'SkuId',
      upstream_id: 'ResourceId',
      quantity: 'ConsumedQuantity',
      amount: 'BilledCost',
      currency: 'BillingCurrency',
    },
    { from: 'timestamp', model: 'model', upstream_id: 'request_id', amount: 'cost_usd' },
  ]);
  expect(findColumns(['Invoice number', 'X'], {})).toBeNull();
  expect(findColumns(['Kosten', 'Tag'], { amount: 'kosten', from: 'TAG' })).toEqual({ amount: 0, from: 1 });
});

test.each([
  ['Claude Haiku 4.5', 'claude-haiku-4-5-20251001'],
  ['Claude Haiku 3.5', 'claude-3-5-haiku-20241022'],
  ['gpt-5-mini-2025-08-07, cached input', 'gpt-5-mini'],
  ['Gemini 2.5 Flash GA Text Input - Predictions', 'gemini-2.5-flash'],
  ['Gemini 2.5 Flash Lite Text Output', 'gemini-2.5-flash-lite'],
  ['fal-ai/flux/dev', 'fal-ai/flux/dev'],
  ['Cloud Storage', null],
])('%s on an invoice is our %s', (label, model) => {
  const models = [
    'claude-haiku-4-5-20251001',
    'claude-3-5-haiku-20241022',
    'gpt-5',
    'gpt-5-mini',
    'gemini-2.5-flash',
    'gemini-2.5-flash-lite',
    'fal-ai/flux/dev',
    'storage',
  ];
  expect(modelMeant(label, models)).toBe(model);
});

test.each([
  ['0.8958740000000000', 895_874n * MICRO, 0n],
  ['$1,234.5', 1_234_500_000n * MICRO, 50_000n * MICRO],
  ['1.2e-05', 12n * MICRO, 500_000n],
  ['-3.10', -3_100_000n * MICRO, 5_000n * MICRO],
  ['(3.10)', -3_100_000n * MICRO, 5_000n * MICRO],
  ['.5 USD', 500_000n * MICRO, 50_000n * MICRO],
])('%s is an amount', (text, amount, precision) => {
  expect(readAmount(text)).toEqual({ amount, precision });
});

test('days are those of the zone, and what cannot be read is said', () => {
  const columns = { from: 0, to: 1, amount: 2, currency: 3 } as const;
  const read = (...cells: string[]) => readLine(cells, columns, 'Asia/Shanghai');
  expect(read('2026-11-03', '2026-11-03', '1')).toMatchObject({ from: new Date('2026-11-02T16:00Z'), to: new Date('2026-11-03T16:00Z') });
  expect(read('2026-11-03 09:30:00', '', '1')).toMatchObject({ from: new Date('2026-11-03T01:30Z'), to: null });
  expect(read('2026-11-03T09:30:00Z', '', '1', 'usd')).toMatchObject({ from: new Date('2026-11-03T09:30Z') });
  expect(read('1762128000', '', '1')).toMatchObject({ from: new Date('2025-11-03T00:00Z') });
  expect(read('2026-11-03', '', '')).toBeNull();
  expect(read('2026-11-03', '', 'free')).toEqual({ fault: '"free" is no amount of money' });
  expect(read('soon', '', '1')).toEqual({ fault: '"soon" is no day or time' });
  expect(read('2026-11-03', '', '1', 'EUR')).toEqual({ fault: 'its currency is EUR, and only US dollars can be compared' });
});

test('a day begins where the clocks of its zone say', () => {
  expect(midnightIn('2026-03-29', 'Europe/Berlin').toISOString()).toBe('2026-03-28T23:00:00.000Z');
  expect(midnightIn('2026-03-30', 'Europe/Berlin').toISOString()).toBe('2026-03-29T22:00:00.000Z');
  expect(midnightIn('2026-10-26', 'Europe/Berlin').toISOString()).toBe('2026-10-25T23:00:00.000Z');
  expect(midnightIn('2026-11-01', 'Asia/Kolkata').toISOString()).toBe('2026-10-31T18:30:00.000Z');
});

test('an invoice of exactly what was booked always agrees', () => {
  const hours = fc.array(
    fc.record({
      day: fc.integer({ min: 1, max: 5 }),
      hour: fc.integer({ min: 0, max: 23 }),
      model: fc.constantFrom('gpt-5', 'gpt-5-mini', 'o7'),
      micro: fc.nat(10_000),
    }),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(hours, (some) => {
      const booked = some.map(({ day, hour, model, micro }) =>
        anHour(day, hour, { model, served: model, attempts: 1, costMicroUsd: BigInt(micro) }),
      );
      const result = compare(
        booked,
        some.map(({ day, model, micro }) => aLine(day, micro, { model })),
      );
      expect([result.isExplained, reasonsOf(result)]).toEqual([true, []]);
    }),
  );
});
