import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/**
 * A short list that is all on. Import rules live in .dependency-cruiser.cjs, form in prettier. There are no inline exceptions
 * (`noInlineConfig`): an exception is a line of this file, with its reason.
 */

const PROCESS_ENV = {
  object: 'process',
  property: 'env',
  message: 'Only main.ts reads the environment: take the value from settings or deps.',
};

const OUTSIDE_OF_PURE_CODE = ['process', 'fetch', 'Buffer', 'crypto', 'performance'].map((name) => ({
  name,
  message: 'domain/ and workflows/ are pure: do it in an activity or take the value as an argument.',
}));

const EGRESS = [{ name: 'fetch', message: 'Every URL that came from outside goes through the Egress port.' }];

const CLOCK_AND_CHANCE = [
  { object: 'Date', property: 'now', message: 'The domain has no clock: take the time as an argument.' },
  { object: 'Math', property: 'random', message: 'The domain has no chance: take the number as an argument.' },
];

const BARE_DATE = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'The domain has no clock: take the time as an argument.' },
  { selector: "CallExpression[callee.name='Date']", message: 'The domain has no clock: take the time as an argument.' },
];

/** What models, callers and providers wrote is text, never markup. */
const RAW_HTML = {
  selector: "JSXAttribute[name.name='dangerouslySetInnerHTML'], AssignmentExpression[left.property.name=/^(inner|outer)HTML$/]",
  message: 'Text that came from outside is shown as text nodes.',
};
const ONE_CLIENT = ['fetch', 'EventSource', 'XMLHttpRequest'].map((name) => ({
  name,
  message: 'Only console/src/api speaks to the server.',
}));

const WITHOUT_PERMISSION = 'A route needs its row in the permission table: register it with createRoutes (api/http/routes.ts).';
const BARE_ROUTER = { name: 'express', importNames: ['Router'], allowTypeImports: true, message: WITHOUT_PERMISSION };
const BARE_ROUTE = {
  selector: "CallExpression[callee.object.name='app'][callee.property.name=/^(all|get|post|put|patch|delete|route)$/]",
  message: WITHOUT_PERMISSION,
};

export default defineConfig(
  { ignores: ['**/node_modules/', '**/dist/', '**/.atelier/', '**/coverage/', 'console/src/api/schema.d.ts'] },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'max-lines': ['error', 300],
      'no-console': 'error',
      'no-restricted-properties': ['error', PROCESS_ENV],
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true }],
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
      // "Zero is lost": `if (seed)` and `priority || null` treat 0, '' and false as missing.
      '@typescript-eslint/strict-boolean-expressions': ['error', { allowNumber: false, allowString: false }],
      '@typescript-eslint/prefer-nullish-coalescing': 'error',
      // `${count} tasks` says what it means; objects and null in templates stay errors.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // The ports are asynchronous; an implementation that has nothing to wait for is asynchronous all the same.
      '@typescript-eslint/require-await': 'off',
      // `() => close()` as a callback hides nothing.
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      // An unused argument that keeps a signature is named with a leading underscore.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
    },
  },
  {
    files: ['domain/**/*.ts', 'workflows/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...OUTSIDE_OF_PURE_CODE] },
  },
  {
    files: ['domain/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', PROCESS_ENV, ...CLOCK_AND_CHANCE],
      'no-restricted-syntax': ['error', ...BARE_DATE],
    },
  },
  {
    files: ['activities/**/*.ts', 'api/**/*.ts', 'worker/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...EGRESS] },
  },
  {
    files: ['api/**/*.ts'],
    ignores: ['api/http/routes.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { paths: [BARE_ROUTER] }],
      'no-restricted-syntax': ['error', BARE_ROUTE],
    },
  },
  {
    // Entry points hand the environment to the settings; tests and scripts are entry points of their own.
    files: ['**/main.ts', 'test/**/*.ts', 'console/test/**', 'examples/**', 'scripts/**'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    // The one module through which the CLI speaks; scripts are command lines themselves.
    files: ['cli/output.ts', 'console/test/browser/**', 'scripts/**', 'examples/**', 'bin/**'],
    rules: { 'no-console': 'off' },
  },
  {
    // Tests read JSON of the wire and of fakes, whose shape the assertion itself checks.
    files: ['test/**/*.ts', 'console/test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      // A missing value fails the test where it stands, which is what a test is for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // `expect(store.method)` looks at a fake, it does not call it.
      '@typescript-eslint/unbound-method': 'off',
      // A type test plants an error on purpose.
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': 'allow-with-description' }],
    },
  },
  {
    files: ['console/src/**/*.{ts,tsx}'],
    rules: {
      'max-lines': ['error', 250],
      'no-restricted-syntax': ['error', RAW_HTML],
      // `data` of a request that failed is an error class of ours all the same; React Router throws redirects.
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  {
    files: ['console/src/**/*.{ts,tsx}'],
    ignores: ['console/src/api/**'],
    rules: { 'no-restricted-globals': ['error', ...ONE_CLIENT] },
  },
  {
    // Plain JavaScript has no types to lint by.
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/no-require-imports': 'off', 'prefer-const': 'error', 'no-var': 'error', 'no-undef': 'off' },
  },
);
