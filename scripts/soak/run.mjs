/** `npm run soak`: a mixed load under kills by chance, and whether anything was lost, done twice or miscounted. See docs/soak.md. */
import { parseArgs } from 'node:util';
import { say } from '../lib/say.mjs';
import { prepare } from '../lib/prepare.mjs';
import { checkAssets, checkCallbacks, checkCalls, checkCampaigns, checkCreates, checkLedger, checkRuns } from './checks.mjs';
import { CAMPAIGN_PAUSES_MS, startCampaignLoad } from './campaign.mjs';
import { createClient } from './client.mjs';
import { createReader, drain } from './drain.mjs';
import { startInstallation } from './installation.mjs';
import { carryOut, planKills } from './kills.mjs';
import { startLoad } from './load.mjs';
import { createRandom } from './random.mjs';
import { startReceiver } from './receiver.mjs';
import { inText, reportOf } from './report.mjs';
import { carryOutSlow } from './slow.mjs';
import { pause } from './wait.mjs';

const USAGE = `npm run soak -- [--seed N] [--kills K] [--minutes M] [--rate R] [--campaign N] [--faults kill|pause] [--only WORDS] [--keep] [--json]
Starts an installation and a provider of its own on loopback, sends a mixed load, kills its processes (or makes them slow), and checks that
nothing was lost, done twice or miscounted. Ends with 1 and the evidence otherwise.
  --seed N      which kills, in which order, after which pauses (default: by the clock; it is printed)
  --kills K     how many (default 20)       --minutes M  no kill after M minutes (default 10)
  --rate R      share of the usual load (default 1)
  --campaign N  one campaign of N images, one in twenty of which fails, in place of the mixed load
  --faults pause  slow, full and absent parts instead of kills
  --only WORDS  of these, the ones whose name holds the words ("temporal stopped")
  --keep        leaves the home in its temporary folder
`;
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    kills: { type: 'string', default: '20' },
    minutes: { type: 'string', default: '10' },
    rate: { type: 'string', default: '1' },
    campaign: { type: 'string', default: '0' },
    faults: { type: 'string', default: 'kill' },
    only: { type: 'string', default: '' },
    keep: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const WARM_UP_MS = 3_000;
/** After the last recovery no reservation may stay open longer. */
const SETTLED_WITHIN_MS = 60_000;
/** How long to go on waiting, to tell what is late from what never ends. */
const GIVE_UP_MS = 180_000;
const seed = Number(options.seed);

/** @param {import('./installation.mjs').Installation} installation @param {number} begun */
async function soak(installation, begun) {
  const random = createRandom(seed + 1);
  const receiver = await startReceiver(installation.callbackSecret, () => random.chance(0.05));
  try {
    const client = createClient(installation);
    const reader = createReader(client);
    /** @type {import('./types.d.ts').Faults} */
    const faults = { lost: [], double: [], other: [] };
    const check = async () => {
      faults.lost.push(...(await reader.look()));
      const { ok, problems } = await reader.ledger();
      if (!ok) faults.other.push(`the ledger did not verify under load: ${JSON.stringify(problems).slice(0, 1_000)}`);
    };
    await installation.provider.behave({ thinkMs: 100, tokenMs: 20, videoMs: 2_000 });
    await installation.provider.refuse('fake-broken');
    const items = Number(options.campaign);
    const load =
      items > 0
        ? await startCampaignLoad(client, { seed, items, callbacks: receiver.url, say })
        : startLoad(client, { seed, rate: Number(options.rate), callbacks: receiver.url });
    await pause(WARM_UP_MS);

    const isSlow = options.faults === 'pause';
    const plan = isSlow ? [] : planKills(seed, Number(options.kills), items > 0 ? CAMPAIGN_PAUSES_MS : undefined);
    const kills = await carryOut(plan, installation, { endsAt: begun + Number(options.minutes) * 60_000, say, check });
    const slow = isSlow ? await carryOutSlow(installation, client, { say, check, only: options.only }) : { report: [], faults: [] };
    faults.other.push(...kills.faults, ...slow.faults);

    say(items > 0 ? 'the kills are over; the campaign goes on to its end' : 'the load ends');
    await Promise.all([load.stop(), pause(WARM_UP_MS)]);
    const drained = await drain(reader, load.campaigns, { withinMs: GIVE_UP_MS });
    if (drained.seconds * 1_000 > SETTLED_WITHIN_MS)
      faults.other.push(`it took ${drained.seconds.toFixed(0)} s until nothing ran; never ended: ${drained.open.join(', ') || 'none'}`);
    const minutes = (Date.now() - begun) / 60_000;

    const tasks = await reader.tasks();
    const campaigns = await Promise.all(load.campaigns.map(reader.campaign));
    const ended = tasks.filter(({ finished_at }) => finished_at !== null);
    const facts = {
      tasks: ended,
      campaigns,
      reader,
      receiver,
      faults,
      accepted: client.accepted,
      requests: client.requests,
      replays: load.replays,
      counts: await installation.provider.counts(),
    };
    checkRuns(facts);
    const again = checkCreates({ ...facts, tasks });
    const ledger = await checkLedger(facts);
    const assets = await checkAssets(facts);
    const calls = await checkCalls(facts);
    await checkCampaigns(facts);
    const callbacks = await checkCallbacks(facts);
    faults.other.push(...client.faults);
    return reportOf({
      seed,
      minutes,
      kills,
      slow: slow.report,
      load,
      client,
      tasks: ended,
      campaigns,
      callbacks,
      calls,
      assets,
      ledger,
      drained,
      again,
      creates: Object.values(facts.counts.createsByKey).reduce((sum, creates) => sum + creates, 0),
      faults,
    });
  } finally {
    receiver.stop();
  }
}

if (process.env.ATELIER_TEST_BUILD !== 'never') await prepare();
say(`seed ${seed}`);
const begun = Date.now();
const installation = await startInstallation();
let report = null;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    void installation.stop({ keep: options.keep }).then(() => process.exit(1));
  });
}
try {
  report = await soak(installation, begun);
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : inText(report)}\n`);
  if (!report.ok) process.exitCode = 1;
} finally {
  if (report?.ok !== true || options.keep) say(installation.progress().slice(-3_000));
  await installation.stop({ keep: options.keep });
  if (options.keep) say(`the home is kept: ${installation.home}`);
}
