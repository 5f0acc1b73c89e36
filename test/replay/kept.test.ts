import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { maskOtherTasks } from '../../domain/task/history-json';
import { WORKFLOWS } from '../../workflows/contract';
import * as workflows from '../../workflows';
import { ensureBuilt } from '../support/build';
import { BUNDLE, TRACED_BUNDLE, earlierRuns, keptRuns, type KeptRun } from './support/histories';

const ROOT = join(__dirname, '../..');
const kept = keptRuns();

beforeAll(async () => {
  Runtime.install({
    logger: new DefaultLogger('ERROR', () => undefined),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
  await ensureBuilt();
}, 120_000);

function replay(run: Pick<KeptRun, 'history' | 'workflowId'>, bundle: { codePath: string } | { code: string }): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle: bundle }, run.history, run.workflowId);
}

test('one history of every registered workflow type is kept', () => {
  expect(kept.map((run) => run.workflowType).sort()).toEqual(
    Object.keys(workflows)
      .filter((name) => name in WORKFLOWS)
      .sort(),
  );
});

test.each(kept.map((run) => [run.workflowType, run] as const))(
  "today's code decides as it did in the kept run of %s",
  async (_type, run) => {
    await expect(replay(run, { codePath: BUNDLE })).resolves.toBeUndefined();
  },
);

test.each(earlierRuns().map((run) => [run.workflowType, run] as const))(
  "today's code decides as an earlier version of %s did",
  async (_type, run) => {
    await expect(replay(run, { codePath: BUNDLE })).resolves.toBeUndefined();
  },
);

test.each([...kept, ...earlierRuns()].map((run) => [run.workflowType, run] as const))(
  'the kept run of %s, made without tracing, replays with it',
  async (_type, run) => {
    await expect(replay(run, { codePath: TRACED_BUNDLE })).resolves.toBeUndefined();
  },
);

test("a group's history replays with the ids of its other tasks masked, and names none of them", async () => {
  const group = kept.find((run) => run.workflowType === 'textGroup')!;
  const payloads = [...JSON.stringify(group.history).matchAll(/"data":"([^"]+)"/g)].map((match) =>
    Buffer.from(match[1]!, 'base64').toString(),
  );
  const ids = [...new Set(payloads.join().match(/task_[0-9a-f]{32}/g))];
  const own = ids.at(-1)!;
  const masked = maskOtherTasks(group.history, own);
  const seen = [...JSON.stringify(masked).matchAll(/"data":"([^"]+)"/g)].map((match) => Buffer.from(match[1]!, 'base64').toString()).join();

  expect(ids.length).toBeGreaterThan(2);
  expect(seen).toContain(own);
  for (const id of ids.slice(0, -1)) expect(seen).not.toContain(id);
  await expect(replay({ ...group, history: masked }, { codePath: BUNDLE })).resolves.toBeUndefined();
});

/** A change to each workflow that would break runs that are under way. */
const INCOMPATIBLE: readonly (readonly [type: string, file: string, before: string, after: string])[] = [
  ['textGroup', 'text-group.ts', 'while (members.length > 0) {', "while (members.length > 0) {\n    await sleep('7ms');"],
  [
    'generateMedia',
    'generate-media.ts',
    'let plan = await planMedia(taskId);',
    'await condition(() => cancel.isRequested, 7);\n  let plan = await planMedia(taskId);',
  ],
  ['mediaGroup', 'media-group.ts', 'taskIds = await joinMedia({', 'await condition(() => isWanted, 7);\n    taskIds = await joinMedia({'],
  ['followLate', 'follow-late.ts', 'return await followJob', 'await followJob({ taskId, n, sinceMs: 0 });\n    return await followJob'],
  ['deliverCallback', 'deliver-callback.ts', 'const seen = wakes;', 'const seen = wakes;\n    await condition(() => wakes > seen, 7);'],
  ['deliverNotice', 'deliver-notice.ts', 'const { againInMs }', "await sleep('7ms');\n    const { againInMs }"],
  ['runCampaign', 'run-campaign.ts', 'advanceCampaign(input.campaignId)', 'advanceItems(input.campaignId)'],
  ['runBatch', 'run-batch.ts', 'const step = await', 'await advanceBatch(batchId);\n    const step = await'],
];

test.each(INCOMPATIBLE)(
  'an incompatible change of %s is caught',
  async (type, file, before, after) => {
    // Beside the packages, so that the copy finds them.
    const copy = mkdtempSync(join(ROOT, 'dist', 'changed-'));
    try {
      for (const folder of ['workflows', 'domain', 'lib']) cpSync(join(ROOT, folder), join(copy, folder), { recursive: true });
      const source = readFileSync(join(copy, 'workflows', file), 'utf8');
      expect(source).toContain(before);
      writeFileSync(
        join(copy, 'workflows', file),
        source.replace(before, after).replaceAll('advanceCampaign', after.startsWith('advanceItems') ? 'advanceItems' : 'advanceCampaign'),
      );
      const { code } = await bundleWorkflowCode({ workflowsPath: join(copy, 'workflows', 'index.ts'), logger: new DefaultLogger('ERROR') });
      const run = kept.find(({ workflowType }) => workflowType === type)!;

      await expect(replay(run, { code })).rejects.toMatchObject({ name: 'DeterminismViolationError' });
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  },
  60_000,
);
