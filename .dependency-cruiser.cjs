/**
 * Who may import whom. One sentence: workflows decide, activities do, adapters touch the world, domain knows the rules.
 * test/architecture/import-rules.test.ts plants a violation of each rule; a rule without one fails that test.
 */

const TYPES = ['type-only', 'type-import'];
const MAIN = '/main[.]ts$';
const SOURCE = '^(lib|domain|workflows|activities|adapters|bootstrap|api|worker|cli|importer)/';

const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no-circular', 'Split the shared part out.', {}, { circular: true }),
    // The console's packages are its own, and need not be installed: its compiler finds what is missing.
    rule('no-unresolvable', 'Correct the path or add the package.', { pathNot: '^console/' }, { couldNotResolve: true }),
    rule('lib-knows-nothing', 'What knows a thing of Atelier belongs to its room.', { path: '^lib/' }, { pathNot: '^(lib/|async_hooks$)' }),
    rule('domain-is-pure', 'Pass data, clock and randomness in.', { path: '^domain/' }, { pathNot: '^(domain|lib)/' }),
    rule(
      'workflows-are-deterministic',
      'Do I/O in an activity; `import type` its signature.',
      { path: '^workflows/' },
      { dependencyTypesNot: TYPES, pathNot: ['^workflows/', '^domain/', '^lib/', '^node_modules/@temporalio/(workflow|common)/'] },
    ),
    rule(
      'workflows-look-inward',
      'Types come from activities or domain.',
      { path: '^workflows/' },
      { path: '^(adapters|bootstrap|api|worker|cli|importer|test)/' },
    ),
    rule(
      'activities-use-ports',
      'Take it from deps.',
      { path: '^activities/' },
      { path: '^(adapters|workflows|bootstrap|api|worker|cli|importer|test)/' },
    ),
    rule(
      'activities-bring-no-library',
      'What touches the world sits behind a port; take it from deps.',
      { path: '^activities/' },
      {
        pathNot: [
          '^(lib|domain|activities|adapters|workflows|bootstrap|api|worker|cli|importer|test)/',
          '^node_modules/@temporalio/(activity|common)/',
        ],
      },
    ),
    rule(
      'adapters-know-only-domain',
      'An adapter serves a port.',
      { path: '^adapters/', pathNot: '^adapters/temporal/' },
      { path: '^(workflows|activities|bootstrap|api|worker|cli|importer|test)/' },
    ),
    rule(
      'temporal-adapter-sees-the-contract',
      'Names and types only.',
      { path: '^adapters/temporal/' },
      { path: '^(workflows|activities|bootstrap|api|worker|cli|importer|test)/', pathNot: '^workflows/contract[.]ts$' },
    ),
    rule(
      'adapters-stay-apart',
      'They meet in a main or in bootstrap; the configuration knows the list of provider kinds.',
      { path: '^adapters/([^/]+)/', pathNot: MAIN },
      { path: '^adapters/', pathNot: ['^adapters/$1/', '^adapters/providers/(kinds|shared/descriptor)[.]ts$'] },
    ),
    rule(
      'providers-stay-apart',
      'Shared code goes to shared/.',
      { path: '^adapters/providers/([^/]+)/', pathNot: '^adapters/providers/[^/]+[.]ts$' },
      { path: '^adapters/providers/[^/]+/', pathNot: ['^adapters/providers/$1/', '^adapters/providers/shared/'] },
    ),
    rule('only-mains-wire-adapters', 'Ask for the port.', { path: '^(api|worker|cli|importer)/', pathNot: MAIN }, { path: '^adapters/' }),
    rule(
      'importer-is-for-the-cli',
      'It moves an installation in: what the service needs of it belongs to domain/migration.',
      { pathNot: '^(importer|cli|test)/' },
      { path: '^importer/' },
    ),
    rule('importer-looks-down', 'Pass the command in.', { path: '^importer/' }, { path: '^(bootstrap|worker|cli)/' }),
    rule(
      'bootstrap-is-for-mains',
      'It is wiring: ask for the port.',
      { pathNot: '^(bootstrap/|(api|worker)/main[.]ts$)' },
      { path: '^bootstrap/' },
    ),
    rule(
      'bootstrap-is-what-processes-share',
      'What only one process needs stands in its main.',
      { path: '^bootstrap/' },
      { path: '^(workflows|api|worker|cli|importer|test)/' },
    ),
    rule(
      'api-knows-no-workflow',
      'Use TaskRunner or TextLane.',
      { path: '^(api|cli|importer)/', pathNot: '^api/main[.]ts$' },
      { path: '^(workflows|activities|worker)/' },
    ),
    rule(
      'api-main-hosts-two-workers',
      'It wires activities into worker/interactive* and worker/batches, and nothing else of the workers.',
      { path: '^api/main[.]ts$' },
      { path: '^(workflows|activities|worker)/', pathNot: ['^activities/', '^worker/(interactive|batches)', '^workflows/contract[.]ts$'] },
    ),
    rule('api-and-worker-are-processes-apart', 'They meet in Temporal.', { path: '^(worker|cli|importer)/' }, { path: '^api/' }),
    rule('mains-are-leaves', 'Nothing imports an entry point.', {}, { path: MAIN }),
    rule(
      'knex-in-db-only',
      'SQL lives in one folder; adapters/newapi reads the databases of others.',
      { pathNot: '^(adapters/(db|newapi)|test)/' },
      { path: '^node_modules/(knex|pg)/' },
    ),
    rule(
      'legacy-engines-in-newapi-only',
      'Use LegacySource.',
      { pathNot: '^(adapters/newapi|test)/' },
      { path: '^node_modules/(libsql|mysql2)/' },
    ),
    rule('express-in-api-only', 'HTTP lives in one folder.', { pathNot: '^(api|test)/' }, { path: '^node_modules/express/' }),
    rule('s3-in-storage-only', 'Use ObjectStore.', { pathNot: '^(adapters/storage|test)/' }, { path: '^node_modules/@aws-sdk/' }),
    rule(
      'temporal-client-in-its-adapter',
      'Use TaskRunner.',
      { pathNot: ['^(adapters/temporal|worker|workflows|activities|test)/', MAIN] },
      { path: '^node_modules/@temporalio/' },
    ),
    rule(
      'installed-for-production',
      'Move the package to dependencies: an installation without development packages must run.',
      { path: SOURCE },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: TYPES },
    ),
    rule('console-speaks-http', 'Its contract is /openapi.json.', { path: '^console/' }, { path: SOURCE }),
    rule('server-knows-no-console', 'It serves what was built.', { pathNot: '^(console|test)/' }, { path: '^console/' }),
    rule(
      'console-lib-is-below',
      'Move it up, or pass it in.',
      { path: '^console/src/lib/' },
      { path: '^console/src/(app|pages|features|ui|api)/' },
    ),
    rule(
      'console-api-draws-nothing',
      'Show it in features or pages.',
      { path: '^console/src/api/' },
      { path: '^console/src/(app|pages|features|ui)/' },
    ),
    rule(
      'console-ui-knows-no-api',
      'Pass what it shows.',
      { path: '^console/src/ui/' },
      { path: '^console/src/(app|pages|features|api)/' },
    ),
    rule(
      'console-features-stay-apart',
      'What two need goes to ui or lib.',
      { path: '^console/src/features/([^/]+)/' },
      { path: '^console/src/(app|pages|features)/', pathNot: '^console/src/features/$1/' },
    ),
    rule(
      'console-pages-stay-apart',
      'What two need is a feature.',
      { path: '^console/src/pages/(.+)/[^/]+$' },
      { path: '^console/src/(app|pages)/.*[.]tsx?$', pathNot: '^console/src/pages/$1/' },
    ),
    rule(
      'console-components-behind-ui',
      'Wrap it in ui/, so that it can be replaced.',
      { path: '^console/', pathNot: '^console/src/ui/' },
      { path: '(^|node_modules/)(@ariakit/|lucide-react)' },
    ),
    rule(
      'console-fetch-behind-api',
      'One client: its rules hold for every request.',
      { path: '^console/', pathNot: '^console/src/api/' },
      { path: '(^|node_modules/)(openapi-fetch|eventsource-parser)' },
    ),
    rule('not-to-test', 'Factor the shared part out.', { pathNot: '^test/' }, { path: '^test/' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.d.ts'],
    },
  },
};
