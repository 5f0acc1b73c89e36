/** Traffic of a studio of three teams over ten weeks, the last 30 days of which are the month that is looked at. The same seed gives the same traffic. */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** @typedef {{ hourMs: number, teamId: number, team: string, credentialId: number, credential: string, model: string, microUsd: number }} Row */
/** @typedef {{ kind: string, credential: string, model: string | null, factor: number, fromMs: number, toMs: number, hours: number }} Planted */
/** @typedef {{ id: number, name: string, teamId: number, team: string, models: readonly (readonly [string, number])[], usd: number, shape: 'office' | 'night' | 'steady' | 'bursts', noise: number, growth: number, bornMs?: number }} Key */

/** A generator of numbers from 0 to 1 (mulberry32). @param {number} seed */
function chanceOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** @type {readonly Key[]} */
const KEYS = [
  {
    id: 1,
    name: 'site',
    teamId: 1,
    team: 'studio',
    models: [
      ['gpt', 0.7],
      ['image', 0.3],
    ],
    usd: 14,
    shape: 'office',
    noise: 0.3,
    growth: 0.1,
  },
  { id: 2, name: 'app', teamId: 1, team: 'studio', models: [['gpt', 1]], usd: 9, shape: 'steady', noise: 0.25, growth: 0.2 },
  { id: 3, name: 'script-7', teamId: 1, team: 'studio', models: [['gpt-mini', 1]], usd: 2, shape: 'night', noise: 0.5, growth: 0 },
  { id: 4, name: 'nightly', teamId: 2, team: 'press', models: [['image', 1]], usd: 22, shape: 'night', noise: 0.2, growth: 0 },
  {
    id: 5,
    name: 'editors',
    teamId: 2,
    team: 'press',
    models: [
      ['gpt', 0.5],
      ['gpt-mini', 0.5],
    ],
    usd: 6,
    shape: 'office',
    noise: 0.45,
    growth: 0.3,
  },
  {
    id: 6,
    name: 'batch',
    teamId: 2,
    team: 'press',
    models: [
      ['image', 0.5],
      ['video', 0.5],
    ],
    usd: 30,
    shape: 'bursts',
    noise: 0.5,
    growth: 0,
  },
  { id: 7, name: 'tests', teamId: 3, team: 'lab', models: [['gpt-mini', 1]], usd: 0.4, shape: 'office', noise: 0.9, growth: 0 },
  { id: 8, name: 'personal-a', teamId: 3, team: 'lab', models: [['gpt', 1]], usd: 1.2, shape: 'office', noise: 0.8, growth: 0 },
  { id: 9, name: 'personal-b', teamId: 3, team: 'lab', models: [['video', 1]], usd: 5, shape: 'bursts', noise: 0.7, growth: 0 },
  {
    id: 10,
    name: 'partner',
    teamId: 1,
    team: 'studio',
    models: [
      ['gpt', 0.6],
      ['video', 0.4],
    ],
    usd: 18,
    shape: 'steady',
    noise: 0.35,
    growth: 0.15,
  },
];

/** What is planted: a key, what happens, by how much, and for how many hours. */
const PLANTS = /** @type {const} */ ([
  ['site', 'a leaked key', 12, 5],
  ['site', 'a loop at the weekend', 8, 3],
  ['app', 'a leaked key', 10, 8],
  ['app', 'retries without end', 6, 4],
  ['app', 'slow abuse', 5, 12],
  ['script-7', 'a loop at noon', 20, 2],
  ['script-7', 'a leaked key', 40, 6],
  ['nightly', 'a job that starts over', 5, 2],
  ['nightly', 'a run by day', 6, 3],
  ['editors', 'a leaked key', 15, 4],
  ['editors', 'a loop at night', 10, 2],
  ['batch', 'a batch ten times too large', 10, 2],
  ['batch', 'a batch four times too large', 4, 2],
  ['tests', 'tests that call the dear model', 60, 3],
  ['tests', 'a loop', 30, 1],
  ['personal-a', 'a shared key', 25, 6],
  ['personal-a', 'a loop', 15, 1],
  ['personal-b', 'a shared key', 8, 4],
  ['partner', 'a leaked key', 7, 6],
  ['partner', 'half as much again', 5, 3],
]);

/** @param {number} seed */
export function makeMonth(seed) {
  const chance = chanceOf(seed * 7_919 + 17);
  const toMs = Date.UTC(2026, 10, 1);
  const fromMs = toMs - 30 * DAY;
  const startMs = fromMs - 45 * DAY;
  /** Days of a launch or a holiday, on which everybody of a team does more or less. */
  const seasons = Array.from({ length: 8 }, () => ({
    teamId: 1 + Math.floor(chance() * 3),
    day: Math.floor(chance() * 75),
    factor: chance() < 0.5 ? 0.3 : 1.6 + chance() * 0.6,
  }));
  const planted = plant(chance, fromMs, toMs);
  /** @type {Row[]} */
  const hours = [];
  /** @type {Map<number, Row[]>} */
  const byHour = new Map();
  for (let hourMs = startMs; hourMs < toMs; hourMs += HOUR) {
    /** @type {Row[]} */
    const rows = [];
    for (const key of KEYS) rows.push(...rowsOf(key, hourMs, { chance, seasons, planted, startMs, toMs }));
    hours.push(...rows);
    byHour.set(hourMs, rows);
  }
  return {
    fromMs,
    toMs,
    hours,
    planted,
    minutesOf: (/** @type {number} */ hourMs) => minutesOf(byHour.get(hourMs) ?? [], planted, chance),
  };
}

/** @param {() => number} chance @param {number} fromMs @param {number} toMs @returns {Planted[]} */
function plant(chance, fromMs, toMs) {
  const days = 30 / PLANTS.length;
  const order = PLANTS.map((one) => ({ one, at: chance() }))
    .sort((left, right) => left.at - right.at)
    .map(({ one }) => one);
  return order.map(([credential, kind, factor, hours], index) => {
    const hour = kind.includes('night')
      ? 2
      : kind.includes('noon') || kind.includes('by day')
        ? 12
        : credential === 'nightly'
          ? 1
          : 8 + Math.floor(chance() * 10);
    const day = Math.floor(index * days);
    const startMs = fromMs + day * DAY + hour * HOUR + Math.floor(chance() * 40) * 60_000;
    return { kind, credential, model: null, factor, fromMs: startMs, toMs: Math.min(toMs, startMs + hours * HOUR), hours };
  });
}

/** What a key spends in an hour of its week, as a part of its dearest. @param {Key} key @param {number} hourMs @param {() => number} chance */
function shapeOf({ shape }, hourMs, chance) {
  const at = new Date(hourMs);
  const [hour, day] = [at.getUTCHours(), at.getUTCDay()];
  const isWeekend = day === 0 || day === 6;
  if (shape === 'office') {
    const swing = hour < 7 || hour > 20 ? 0.05 : Math.max(0.05, Math.sin(((hour - 6) / 15) * Math.PI));
    return swing * (isWeekend ? 0.25 : 1);
  }
  if (shape === 'steady') return (0.6 + 0.4 * Math.sin(((hour - 8) / 24) * 2 * Math.PI)) * (isWeekend ? 0.7 : 1);
  if (shape === 'night') return hour >= 1 && hour < 4 ? 1 : 0.02;
  return chance() < 0.08 ? 1 : 0;
}

/**
 * @param {Key} key @param {number} hourMs
 * @param {{ chance: () => number, seasons: { teamId: number, day: number, factor: number }[], planted: Planted[], startMs: number, toMs: number }} facts
 * @returns {Row[]}
 */
function rowsOf(key, hourMs, { chance, seasons, planted, startMs, toMs }) {
  const normal = Math.sqrt(-2 * Math.log(chance() + 1e-12)) * Math.cos(2 * Math.PI * chance());
  const season = seasons.find(({ teamId, day }) => teamId === key.teamId && Math.floor((hourMs - startMs) / DAY) === day)?.factor ?? 1;
  const growth = 1 + (key.growth * (hourMs - startMs)) / (toMs - startMs);
  const base = key.usd * shapeOf(key, hourMs, chance) * season * growth * Math.exp(normal * key.noise - (key.noise * key.noise) / 2);
  // What is planted multiplies a usual hour of the day's dearest kind, for the part of the hour that it fills.
  const extra = planted
    .filter(({ credential, fromMs, toMs: end }) => credential === key.name && fromMs < hourMs + HOUR && end > hourMs)
    .reduce((sum, { factor, fromMs, toMs: end }) => {
      const part = (Math.min(end, hourMs + HOUR) - Math.max(fromMs, hourMs)) / HOUR;
      return sum + Math.max(key.usd * 0.5, base) * (factor - 1) * part;
    }, 0);
  return key.models
    .map(([model, share], index) => ({
      hourMs,
      teamId: key.teamId,
      team: key.team,
      credentialId: key.id,
      credential: key.name,
      model,
      microUsd: Math.round((base * share + (index === 0 ? extra : 0)) * 1_000_000),
      extraMicroUsd: index === 0 ? Math.round(extra * 1_000_000) : 0,
    }))
    .filter(({ microUsd }) => microUsd > 0);
}

/** Spreads an hour over its minutes: usual spending evenly with noise, what is planted over its own minutes. @param {any[]} rows @param {Planted[]} planted @param {() => number} chance */
function minutesOf(rows, planted, chance) {
  /** @type {Row[][]} */
  const minutes = Array.from({ length: 60 }, () => []);
  for (const row of rows) {
    const weights = minutes.map(() => 0.2 + chance());
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    const isBad = minutes.map((_, minute) => {
      const at = row.hourMs + minute * 60_000;
      return planted.some(({ credential, fromMs, toMs }) => credential === row.credential && at >= fromMs && at < toMs);
    });
    const bad = isBad.filter(Boolean).length;
    minutes.forEach((minute, index) => {
      const usual = ((row.microUsd - row.extraMicroUsd) * (weights[index] ?? 0)) / all;
      const extra = isBad[index] === true && bad > 0 ? row.extraMicroUsd / bad : 0;
      if (usual + extra > 0) minute.push({ ...row, microUsd: usual + extra });
    });
  }
  return minutes;
}
