import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The checkout. */
export const ROOT = path.resolve(__dirname, '../..');

/** The folders that make up the product. */
export const SOURCE_FOLDERS = [
  'lib',
  'domain',
  'workflows',
  'activities',
  'adapters',
  'bootstrap',
  'api',
  'worker',
  'cli',
  'importer',
] as const;

export function readText(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8');
}

/** Paths of the product's TypeScript files, relative to the checkout. */
export function sourceFiles(): readonly string[] {
  return SOURCE_FOLDERS.flatMap((folder) =>
    existsSync(path.join(ROOT, folder))
      ? readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file}`)
      : [],
  ).filter((file) => file.endsWith('.ts'));
}

export interface Violation {
  readonly rule: string;
  readonly from: string;
  readonly to: string;
}

/** Runs the import rules over the source folders of `directory`. @throws Error when the tool itself fails */
export function cruise(directory: string): readonly Violation[] {
  const tool = path.join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const folders = [...SOURCE_FOLDERS, 'console/src'].filter((folder) => existsSync(path.join(directory, folder)));
  const run = spawnSync(process.execPath, [tool, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...folders], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser did not run: ${run.stderr}${run.stdout}`);
  const result = JSON.parse(run.stdout) as { summary: { violations: { rule: { name: string }; from: string; to: string }[] } };
  return result.summary.violations.map((violation) => ({ rule: violation.rule.name, from: violation.from, to: violation.to }));
}
