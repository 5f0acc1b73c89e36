import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The servers of `npm run test:production`, on which the suite then runs instead of starting its own. */
export interface ProductionParts {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly s3Endpoint: string;
  readonly s3AccessKeyId: string;
  readonly s3SecretAccessKey: string;
  /** Folder of the process files: each part is kept running, so that it comes back when it is killed. */
  readonly run: string;
  /** The process that each part of the embedded default is here. */
  readonly processes: Readonly<Record<'postgres' | 'temporal' | 'weed', string>>;
}

/** Names a JSON file of this shape; unset in the usual suite. */
const VARIABLE = 'ATELIER_TEST_PRODUCTION';

/** The given servers; null in the usual suite. */
export function productionParts(): ProductionParts | null {
  const file = process.env[VARIABLE];
  return file === undefined || file === '' ? null : (JSON.parse(readFileSync(file, 'utf8')) as ProductionParts);
}

/** Process id of a part as it runs now. @throws Error while it is down */
export function pidOfPart(parts: ProductionParts, part: keyof ProductionParts['processes']): number {
  const file = join(parts.run, `${parts.processes[part]}.pid.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly pid: number }).pid;
}
