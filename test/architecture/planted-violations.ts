/** One file that breaks the rule, by the rule's name. Further files are what it imports. */
export interface Planted {
  readonly file: string;
  readonly code: string;
  readonly with?: Readonly<Record<string, string>>;
}

const VALUE = 'export const value = 1;\n';
const imports = (from: string): string => `import { value } from '${from}';\nexport const seen = value;\n`;

export const PLANTED: Readonly<Record<string, Planted>> = {
  'no-circular': { file: 'domain/egg.ts', code: imports('./hen'), with: { 'domain/hen.ts': `import './egg';\n${VALUE}` } },
  'no-unresolvable': { file: 'api/lost.ts', code: imports('./nowhere') },
  'lib-knows-nothing': { file: 'lib/knows.ts', code: imports('../domain/money'), with: { 'domain/money.ts': VALUE } },
  'domain-is-pure': { file: 'domain/impure.ts', code: "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;\n" },
  'workflows-are-deterministic': {
    file: 'workflows/calls-activity.ts',
    code: imports('../activities/send'),
    with: { 'activities/send.ts': VALUE },
  },
  'workflows-look-inward': {
    file: 'workflows/types-of-adapter.ts',
    code: "import type { Row } from '../adapters/db/row';\nexport type Seen = Row;\n",
    with: { 'adapters/db/row.ts': 'export interface Row { readonly id: number }\n' },
  },
  'activities-use-ports': {
    file: 'activities/reaches-out.ts',
    code: imports('../adapters/storage/s3'),
    with: { 'adapters/storage/s3.ts': VALUE },
  },
  'activities-bring-no-library': { file: 'activities/own-library.ts', code: imports('zod') },
  'adapters-know-only-domain': {
    file: 'adapters/log/knows-worker.ts',
    code: imports('../../worker/slots'),
    with: { 'worker/slots.ts': VALUE },
  },
  'temporal-adapter-sees-the-contract': {
    file: 'adapters/temporal/knows-workflow.ts',
    code: imports('../../workflows/paint'),
    with: { 'workflows/paint.ts': VALUE },
  },
  'adapters-stay-apart': {
    file: 'adapters/config/borrows.ts',
    code: imports('../egress/dns'),
    with: { 'adapters/egress/dns.ts': VALUE },
  },
  'providers-stay-apart': {
    file: 'adapters/providers/acme/borrows.ts',
    code: imports('../globex/errors'),
    with: { 'adapters/providers/globex/errors.ts': VALUE },
  },
  'only-mains-wire-adapters': {
    file: 'api/wires.ts',
    code: imports('../adapters/db/client'),
    with: { 'adapters/db/client.ts': VALUE },
  },
  'importer-is-for-the-cli': { file: 'api/imports.ts', code: imports('../importer/plan'), with: { 'importer/plan.ts': VALUE } },
  'importer-looks-down': { file: 'importer/speaks.ts', code: imports('../cli/output'), with: { 'cli/output.ts': VALUE } },
  'legacy-engines-in-newapi-only': { file: 'importer/opens.ts', code: imports('libsql') },
  'bootstrap-is-for-mains': {
    file: 'worker/opens.ts',
    code: imports('../bootstrap/open'),
    with: { 'bootstrap/open.ts': VALUE },
  },
  'bootstrap-is-what-processes-share': {
    file: 'bootstrap/routes.ts',
    code: imports('../api/routes'),
    with: { 'api/routes.ts': VALUE },
  },
  'api-knows-no-workflow': {
    file: 'api/starts.ts',
    code: imports('../workflows/video'),
    with: { 'workflows/video.ts': VALUE },
  },
  'api-main-hosts-two-workers': {
    file: 'api/main.ts',
    code: imports('../worker/media'),
    with: { 'worker/media.ts': VALUE },
  },
  'api-and-worker-are-processes-apart': {
    file: 'worker/borrows.ts',
    code: imports('../api/app'),
    with: { 'api/app.ts': VALUE },
  },
  'mains-are-leaves': { file: 'cli/starts.ts', code: imports('./main'), with: { 'cli/main.ts': VALUE } },
  'knex-in-db-only': { file: 'adapters/storage/sql.ts', code: imports('knex') },
  'express-in-api-only': { file: 'worker/http.ts', code: imports('express') },
  's3-in-storage-only': { file: 'api/objects.ts', code: imports('@aws-sdk/client-s3') },
  'temporal-client-in-its-adapter': { file: 'api/temporal.ts', code: imports('@temporalio/client') },
  'installed-for-production': { file: 'cli/development.ts', code: imports('prettier') },
  'console-speaks-http': { file: 'console/src/api/direct.ts', code: imports('../../../domain/money') },
  'server-knows-no-console': { file: 'lib/shows.ts', code: imports('../console/src/lib/time'), with: { 'console/src/lib/time.ts': VALUE } },
  'console-lib-is-below': { file: 'console/src/lib/draws.ts', code: imports('../ui/button'), with: { 'console/src/ui/button.ts': VALUE } },
  'console-api-draws-nothing': { file: 'console/src/api/shows.ts', code: imports('../ui/button') },
  'console-ui-knows-no-api': { file: 'console/src/ui/asks.ts', code: imports('../api/tasks'), with: { 'console/src/api/tasks.ts': VALUE } },
  'console-features-stay-apart': {
    file: 'console/src/features/results/borrows.ts',
    code: imports('../composer/draft'),
    with: { 'console/src/features/composer/draft.ts': VALUE },
  },
  'console-pages-stay-apart': { file: 'console/src/pages/tasks/borrows.ts', code: imports('../templates/page') },
  'console-components-behind-ui': { file: 'console/src/pages/tasks/menu.ts', code: imports('lucide-react') },
  'console-fetch-behind-api': { file: 'console/src/pages/tasks/asks.ts', code: imports('openapi-fetch') },
  'not-to-test': { file: 'domain/tested.ts', code: imports('../test/support/clock'), with: { 'test/support/clock.ts': VALUE } },
};

/** What the rules allow, and a rule written too wide would forbid. */
export const ALLOWED: Readonly<Record<string, string>> = {
  'domain/money.ts': VALUE,
  'workflows/contract.ts': VALUE,
  'workflows/generate.ts':
    "import { value } from '../domain/money';\nimport { value as sdk } from '@temporalio/workflow';\nimport type { Paint } from '../activities/paint';\nexport const seen = value + sdk;\nexport type Seen = Paint;\n",
  'activities/paint.ts': `${imports('../domain/money')}export type Paint = () => void;\n`,
  'adapters/db/main.ts': imports('../log/index'),
  'adapters/db/pool.ts': imports('knex'),
  'adapters/newapi/sqlite.ts': imports('libsql'),
  'adapters/log/index.ts': VALUE,
  'adapters/providers/registry.ts': imports('./initech/index'),
  'adapters/providers/initech/index.ts': imports('../shared/http'),
  'adapters/providers/shared/http.ts': VALUE,
  'adapters/temporal/runner.ts': imports('../../workflows/contract'),
  'worker/interactive.ts': imports('../workflows/contract'),
  'bootstrap/index.ts': `${imports('../adapters/log/index')}import '../activities/paint';\n`,
  'console/src/pages/templates/page.ts': imports('../../features/results/list'),
  'console/src/features/results/list.ts': `${imports('../../ui/icons')}import '../../api/client';\nimport '../../lib/time';\n`,
  'console/src/ui/icons.ts': imports('lucide-react'),
  'console/src/api/client.ts': imports('openapi-fetch'),
  'worker/main.ts': `${imports('../bootstrap/index')}import '../adapters/log/index';\nimport './interactive';\n`,
};

export const PACKAGES = [
  'lucide-react',
  'openapi-fetch',
  'knex',
  'libsql',
  'express',
  'zod',
  '@aws-sdk/client-s3',
  '@temporalio/client',
  '@temporalio/workflow',
] as const;
export const DEVELOPMENT_PACKAGES = ['prettier'] as const;
