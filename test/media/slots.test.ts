import { createSlots } from '../../activities/media/slots';

const PLACE = { name: 'acme', maxConcurrency: 4 };
const AWAITED = { isAwaited: true };
const OWN = { isAwaited: false };

function aClock() {
  const clock = { ms: 0 };
  return { clock, slots: createSlots(() => clock.ms) };
}

/** Takes all that first attempts of items may have. */
function fill(slots: ReturnType<typeof createSlots>): (() => void)[] {
  const taken: (() => void)[] = [];
  for (let slot = slots.enter(PLACE, OWN); typeof slot !== 'string'; slot = slots.enter(PLACE, OWN)) taken.push(slot);
  return taken;
}

test('of four slots one is kept for who waits, and is given back once', () => {
  const { slots } = aClock();
  const taken = fill(slots);
  const kept = slots.enter(PLACE, AWAITED);

  expect(taken).toHaveLength(3);
  expect(kept).toBeInstanceOf(Function);
  expect(slots.enter(PLACE, AWAITED)).toBe('full');
  for (const leave of [taken[0]!, taken[0]!]) leave();
  expect(fill(slots)).toHaveLength(0);
  (kept as () => void)();
  expect(fill(slots)).toHaveLength(1);
});

test('who finds no slot of a quick provider waits for one, also where this process was busy for a moment', () => {
  const { clock, slots } = aClock();
  const [leave] = fill(slots);
  slots.answered(PLACE, 40);

  for (const [ms, said] of [
    [0, 'full'],
    [14_000, 'full'],
    [16_000, 'busy'],
  ] as const) {
    clock.ms = ms;
    expect([ms, slots.enter(PLACE, OWN)]).toEqual([ms, said]);
  }
  leave!();
  expect(fill(slots)).toHaveLength(1);
  expect(slots.enter(PLACE, OWN)).toBe('full');
});

test('who finds no slot of a slow provider does not wait, until its calls have become quick', () => {
  const { slots } = aClock();
  fill(slots);

  for (let call = 0; call < 3; call += 1) slots.answered(PLACE, 8_000);
  expect(slots.enter(PLACE, OWN)).toBe('busy');
  for (let call = 0; call < 30; call += 1) slots.answered(PLACE, 50);
  expect(slots.enter(PLACE, OWN)).toBe('full');
  // This process was short of CPU, and two of three ended late.
  for (let call = 0; call < 30; call += 1) slots.answered(PLACE, call % 3 === 0 ? 200 : 4_000);
  expect(slots.enter(PLACE, OWN)).toBe('full');
});

test('a call of a workflow gets the next free slot, before every first attempt', async () => {
  const { slots } = aClock();
  const taken = [...fill(slots), slots.enter(PLACE, AWAITED) as () => void];
  const waiting = slots.wait(PLACE, new AbortController().signal);
  const heard: string[] = [];
  slots.onFree('spring', () => heard.push('free'));
  expect(slots.enter(PLACE, itemOf('spring'))).toBe('full');

  taken[0]!();
  const leave = await waiting;
  expect([slots.enter(PLACE, AWAITED), heard]).toEqual(['full', []]);
  leave();
  taken[1]!();
  expect(heard).toEqual(['free']);
});

const WIDE = { name: 'acme', maxConcurrency: 24 };

/** An item of a campaign whose keys are of a class of a team. */
const itemOf = (id: string, key = 'production:sample', weight = 8) => ({ isAwaited: false, party: { id, share: { key, weight } } });

/** Takes slots for one campaign until it is told that there is none. */
function takeAll(slots: ReturnType<typeof createSlots>, item: ReturnType<typeof itemOf>): (() => void)[] {
  const taken: (() => void)[] = [];
  for (let slot = slots.enter(WIDE, item); typeof slot !== 'string'; slot = slots.enter(WIDE, item)) taken.push(slot);
  return taken;
}

/** They give slots back in turn; after each, both ask for another, the first one first. Answers how many each holds at the end. */
function share(slots: ReturnType<typeof createSlots>, first: ReturnType<typeof itemOf>, second: ReturnType<typeof itemOf>, rounds: number) {
  const held = { first: takeAll(slots, first), second: takeAll(slots, second) };
  for (let round = 0; round < rounds; round += 1) {
    (round % 2 === 0 || held.second.length === 0 ? held.first : held.second).shift()!();
    held.first.push(...takeAll(slots, first));
    held.second.push(...takeAll(slots, second));
  }
  return [held.first.length, held.second.length];
}

test('campaigns of one class of keys come to hold as many slots each, whichever was there first and asks first', () => {
  const { slots } = aClock();

  expect(share(slots, itemOf('large'), itemOf('small'), 40)).toEqual([9, 9]);
});

test('a team with two campaigns holds no more than one with one, and a class of keys as much as it weighs', () => {
  const { slots } = aClock();
  const others = [...takeAll(slots, itemOf('a', 'script:one', 1)), ...takeAll(slots, itemOf('b', 'script:one', 1))];
  const late = itemOf('c', 'script:two', 1);
  expect(takeAll(slots, late)).toEqual([]);
  const gained: (() => void)[] = [];
  for (const leave of others.slice(0, 9)) {
    leave();
    takeAll(slots, itemOf('a', 'script:one', 1));
    takeAll(slots, itemOf('b', 'script:one', 1));
    gained.push(...takeAll(slots, late));
  }
  expect(gained).toHaveLength(9);

  expect(share(aClock().slots, itemOf('a', 'script:one', 1), itemOf('c', 'production:one', 8), 60)).toEqual([2, 16]);
});

test('a campaign that has nothing to begin leaves its slots to others, and one that does not come for them is forgotten', () => {
  const { clock, slots } = aClock();
  const heard: string[] = [];
  const [large, small] = [itemOf('large'), itemOf('small')];
  slots.onFree('large', () => heard.push('large'));
  const stop = slots.onFree('small', () => heard.push('small'));
  const held = takeAll(slots, large);
  takeAll(slots, small);

  held[0]!();
  expect(slots.enter(WIDE, large)).toBe('full');
  slots.yields('small');
  expect(slots.enter(WIDE, large)).toBeInstanceOf(Function);
  takeAll(slots, small);
  held[1]!();
  expect(slots.enter(WIDE, large)).toBe('full');
  clock.ms = 2_000;
  expect(slots.enter(WIDE, large)).toBe('full');
  clock.ms = 4_000;
  expect(slots.enter(WIDE, large)).toBeInstanceOf(Function);
  takeAll(slots, small);
  held[2]!();
  stop();
  expect(slots.enter(WIDE, large)).toBeInstanceOf(Function);
});

test('a campaign that holds many slots is told of others once a statement of several items has places, and soon of fewer', async () => {
  const { slots } = aClock();
  let heard = 0;
  const toldTwice = new Promise<void>((resolve) => slots.onFree('large', () => ((heard += 1) === 2 ? resolve() : undefined)));
  const held = takeAll(slots, itemOf('large'));

  for (const leave of held.slice(0, 4)) leave();
  expect([heard, slots.waits('large')]).toEqual([0, true]);
  held[4]!();
  expect([heard, slots.waits('large')]).toEqual([1, false]);
  takeAll(slots, itemOf('large'));
  held[5]!();
  expect(heard).toBe(1);
  await toldTwice;
});

test('a campaign that holds few is told of the first slot', () => {
  const { slots } = aClock();
  const heard: string[] = [];
  for (const id of ['large', 'small']) slots.onFree(id, () => heard.push(id));
  const [leave] = takeAll(slots, itemOf('large'));
  takeAll(slots, itemOf('small'));

  leave!();

  expect([heard, slots.waits('large')]).toEqual([['small'], true]);
});

test('of two campaigns that hold nothing the one that waits for longer gets the only slot', () => {
  const { slots } = aClock();
  const narrow = { name: 'narrow', maxConcurrency: 1 };
  const [first, second] = [itemOf('first'), itemOf('second')];
  let leave = slots.enter(narrow, first) as () => void;

  for (const [waits, asks] of [
    [second, first],
    [first, second],
  ] as const) {
    expect([slots.enter(narrow, waits), slots.enter(narrow, asks)]).toEqual(['full', 'full']);
    leave();
    expect(slots.enter(narrow, asks)).toBe('full');
    leave = slots.enter(narrow, waits) as () => void;
    expect(leave).toBeInstanceOf(Function);
    slots.yields(asks.party.id);
  }
});
