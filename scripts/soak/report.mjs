/** @param {readonly string[]} list @returns {Record<string, number>} */
const tally = (list) => {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const one of list) counts[one] = (counts[one] ?? 0) + 1;
  return Object.fromEntries(Object.entries(counts).toSorted(([, left], [, right]) => right - left));
};
/** @param {number} seconds */
const round = (seconds) => Number(seconds.toFixed(1));
/** @param {Readonly<Record<string, number>>} counts */
const inWords = (counts) =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

/**
 * Everything that was seen, as one JSON document.
 * @param {object} seen
 * @param {number} seen.seed
 * @param {number} seen.minutes
 * @param {import('./types.d.ts').Kills} seen.kills
 * @param {readonly import('./types.d.ts').SlowStep[]} seen.slow
 * @param {import('./load.mjs').Load} seen.load
 * @param {import('./client.mjs').Client} seen.client
 * @param {readonly import('./types.d.ts').Task[]} seen.tasks
 * @param {readonly import('./types.d.ts').Campaign[]} seen.campaigns
 * @param {{ events: number, repeated: number }} seen.callbacks
 * @param {number} seen.calls
 * @param {number} seen.assets
 * @param {import('./types.d.ts').Ledger & { difference_micro_usd: number }} seen.ledger
 * @param {{ seconds: number, open: readonly string[] }} seen.drained
 * @param {number} seen.again
 * @param {number} seen.creates
 * @param {import('./types.d.ts').Faults} seen.faults
 */
export function reportOf({
  seed,
  minutes,
  kills,
  slow,
  load,
  client,
  tasks,
  campaigns,
  callbacks,
  calls,
  assets,
  ledger,
  drained,
  again,
  creates,
  faults,
}) {
  /** @param {import('./types.d.ts').Task} task */
  const lifeOf = ({ created_at, finished_at }) => Date.parse(finished_at ?? '') - Date.parse(created_at);
  const longest = tasks.toSorted((left, right) => lifeOf(right) - lifeOf(left))[0];
  const seconds = kills.recoveries.map((recovery) => recovery.seconds).toSorted((left, right) => left - right);
  const slowest = kills.recoveries.toSorted((left, right) => right.seconds - left.seconds)[0];
  return {
    ok: Object.values(faults).every((list) => list.length === 0),
    seed,
    minutes: round(minutes),
    kills: {
      total: kills.killed.length,
      by_target: tally(kills.killed.map(({ target }) => target)),
      by_part: tally(kills.killed.flatMap(({ parts }) => parts)),
    },
    recovery: {
      longest_seconds: round(slowest?.seconds ?? 0),
      longest_after: slowest?.targets ?? [],
      median_seconds: round(seconds[Math.floor(seconds.length / 2)] ?? 0),
      drained_seconds: round(drained.seconds),
    },
    slow_parts: slow,
    requests: { sent: load.sent(), answers: Object.fromEntries(client.answers), slowest: client.slowest },
    runs: {
      total: tasks.length,
      by_outcome: tally(tasks.map(({ type, status, error }) => `${type} ${status}${status === 'failed' ? ` ${error?.code}` : ''}`)),
      longest_seconds: longest === undefined ? 0 : round(lifeOf(longest) / 1_000),
      longest:
        longest === undefined
          ? null
          : `${longest.id} (${longest.type}, ${longest.campaign_id === null ? 'single' : 'of a campaign'}, ${longest.status})`,
      background_texts_asked_again: again,
      provider_creates: creates,
    },
    campaigns: { total: campaigns.length, items: campaigns.reduce((sum, { counts }) => sum + counts.total, 0) },
    callbacks,
    calls: { answered: calls },
    assets: { read: assets },
    ledger: {
      ok: ledger.ok,
      entries: ledger.entries,
      open_reservations: ledger.open_reservations,
      difference_micro_usd: ledger.difference_micro_usd,
    },
    lost: faults.lost,
    double: faults.double,
    other_faults: faults.other,
  };
}

/** The same, for people. @param {ReturnType<typeof reportOf>} report */
export function inText(report) {
  const lines = [
    `seed ${report.seed}, ${report.minutes} min, ${report.kills.total} kills (${inWords(report.kills.by_target)}; by process: ${inWords(report.kills.by_part)})`,
    `recovery: longest ${report.recovery.longest_seconds} s (after ${report.recovery.longest_after.join(', ') || 'nothing'}), median ${report.recovery.median_seconds} s; drained in ${report.recovery.drained_seconds} s`,
    ...report.slow_parts.map(
      ({ name, readyz_named: named, seconds_to_ready: seconds, answers, slowest }) =>
        `${name}: /readyz named ${named.join(', ') || 'nothing'}; ready ${seconds} s after; answers: ${inWords(answers)}; slowest ${slowest.ms} ms (${slowest.what})`,
    ),
    `requests: ${report.requests.sent} sent; answers: ${inWords(report.requests.answers)}; slowest ${report.requests.slowest.ms} ms (${report.requests.slowest.what})`,
    `runs: ${report.runs.total} (${inWords(report.runs.by_outcome)}); the longest took ${report.runs.longest_seconds} s: ${report.runs.longest}; background texts asked again: ${report.runs.background_texts_asked_again}; the provider made ${report.runs.provider_creates}`,
    `campaigns: ${report.campaigns.total} with ${report.campaigns.items} items; callbacks: ${report.callbacks.events} events, ${report.callbacks.repeated} deliveries more under the same id; outputs read: ${report.assets.read}; answered requests looked up in the call log: ${report.calls.answered}`,
    `ledger: ${report.ledger.ok ? 'ok' : 'NOT OK'}, ${report.ledger.entries} entries, difference ${report.ledger.difference_micro_usd} micro-USD, open reservations ${report.ledger.open_reservations}`,
    `lost: ${report.lost.length}; double: ${report.double.length}; other faults: ${report.other_faults.length}`,
  ];
  for (const [title, list] of Object.entries({ lost: report.lost, double: report.double, fault: report.other_faults })) {
    for (const fault of list.slice(0, 50)) lines.push(`  ${title}: ${fault}`);
  }
  return lines.join('\n');
}
