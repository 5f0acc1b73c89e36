/**
 * `npm run alerts:month -- [--seed N]`: a month of synthetic traffic with twenty planted anomalies and seasonal noise, minute by minute, through the very code
 * that looks at spending (after `npm run build`). Says what was found, missed and raised for nothing, and after how many minutes. The thresholds were chosen on the seeds 1 to 5; the seed
 * that docs/alerts.md reports is another one.
 */
import { parseArgs } from 'node:util';

import { say } from '../lib/say.mjs';
import { built } from '../lib/built.mjs';
import { makeMonth } from './traffic.mjs';

const { values } = parseArgs({ options: { seed: { type: 'string', default: '2026' }, json: { type: 'boolean', default: false } } });

/** @type {typeof import('../../domain/alert/anomaly/find.js')} */
const { findAnomalies } = built('domain/alert/anomaly/find');
/** @type {typeof import('../../domain/alert/anomaly/backtest.js')} */
const { usualFrom } = built('domain/alert/anomaly/backtest');

const HOUR = 3_600_000;
const MINUTE = 60_000;
/** The defaults of the rule. @type {import('../../domain/alert/anomaly/find.js').AnomalyRule} */
const RULE = { by: ['credential', 'model', 'team'], factor: 4, minMicroUsd: 1_000_000 };
/** A condition that was gone for so long is another incident. */
const CALM = HOUR;

const month = makeMonth(Number(values.seed));
const usual = usualFrom(month.hours, RULE.by);
/** @type {{ key: string, credential: string | null, fromMs: number, lastMs: number, times: number | null }[]} */
const incidents = [];
for (let hour = month.fromMs; hour < month.toMs; hour += HOUR) {
  const minutes = month.minutesOf(hour);
  // As the worker does: what is usual in an hour does not change within it.
  /** @type {Map<string, any>} */
  const known = new Map();
  const usualNow = (/** @type {any} */ by, /** @type {string} */ id) => {
    const name = `${by}:${id}`;
    if (!known.has(name)) known.set(name, usual(by, id, hour));
    return known.get(name);
  };
  /** @type {Map<string, any>} */
  const spent = new Map();
  for (let minute = 0; minute < 60; minute += 1) {
    for (const row of minutes[minute] ?? []) {
      const name = `${row.credentialId} ${row.model}`;
      const before = spent.get(name);
      spent.set(name, before === undefined ? { ...row, hourMs: hour } : { ...before, microUsd: before.microUsd + row.microUsd });
    }
    const atMs = hour + (minute + 1) * MINUTE;
    const found = findAnomalies([...spent.values()], RULE, usualNow);
    for (const anomaly of found) {
      const key = `${anomaly.by}:${anomaly.id}`;
      const open = incidents.find((incident) => incident.key === key && atMs - incident.lastMs <= CALM);
      if (open === undefined) {
        const credential = anomaly.credential ?? anomaly.topCredential?.name ?? null;
        incidents.push({ key, credential, fromMs: atMs, lastMs: atMs, times: anomaly.times });
      } else open.lastMs = atMs;
    }
  }
}

const results = month.planted.map((planted) => {
  const first = incidents.find(
    ({ credential, fromMs }) => credential === planted.credential && fromMs >= planted.fromMs && fromMs <= planted.toMs + 5 * MINUTE,
  );
  return { ...planted, foundAfterMin: first === undefined ? null : Math.round((first.fromMs - planted.fromMs) / MINUTE) };
});
const isPlanted = (/** @type {typeof incidents[number]} */ incident) =>
  month.planted.some(
    ({ credential, fromMs, toMs }) => credential === incident.credential && incident.fromMs >= fromMs && incident.fromMs <= toMs + 2 * HOUR,
  );
const falseAlarms = incidents.filter((incident) => !isPlanted(incident));
const times = results.flatMap(({ foundAfterMin }) => (foundAfterMin === null ? [] : [foundAfterMin])).sort((one, other) => one - other);
const summary = {
  seed: Number(values.seed),
  planted: results.length,
  found: times.length,
  missed: results.length - times.length,
  false_alarms: falseAlarms.length,
  minutes_to_detection: { median: times[Math.floor(times.length / 2)] ?? null, most: times.at(-1) ?? null },
};
if (values.json) process.stdout.write(`${JSON.stringify({ ...summary, results, false_alarms: falseAlarms })}\n`);
else {
  for (const { kind, credential, factor, fromMs, hours, foundAfterMin } of results) {
    const when = new Date(fromMs).toISOString().slice(0, 16);
    say(
      `${foundAfterMin === null ? 'missed ' : `${String(foundAfterMin).padStart(3)} min`}  ${when}  ${credential.padEnd(12)} ${kind} (× ${factor}, ${hours} h)`,
    );
  }
  for (const { key, credential, fromMs } of falseAlarms)
    say(`false    ${new Date(fromMs).toISOString().slice(0, 16)}  ${credential ?? ''} ${key}`);
  say(JSON.stringify(summary));
}
