/** What a run showed, as rows of a table and the list of what failed. */
import { relative } from 'node:path';
import { root } from '../lib/sources.mjs';

/**
 * @typedef {object} Ran - jest's results as JSON
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} startTime
 * @property {readonly { name: string, status: string, message: string, endTime: number, assertionResults: readonly { fullName: string, status: string }[] }[]} testResults
 *
 * @typedef {ReturnType<typeof resultOf>} Result
 */

/** @param {{ s3: string, node: string }} parts @param {Ran} ran */
export function resultOf({ s3, node }, ran) {
  const tests = ran.testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ name: `${relative(root, name)}: ${fullName}`, status })),
  );
  const broken = ran.testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0);
  return {
    s3,
    node,
    ok: ran.success,
    passed: ran.numPassedTests,
    failed: [
      ...tests.filter(({ status }) => status === 'failed').map(({ name }) => name),
      ...broken.map(({ name, message }) => `${relative(root, name)} did not run: ${message.slice(0, 500)}`),
    ],
    skipped: tests.filter(({ status }) => status === 'pending').map(({ name }) => name),
    minutes: (Math.max(...ran.testResults.map(({ endTime }) => endTime)) - ran.startTime) / 60_000,
  };
}

/** For the console and for docs/production.md. @param {readonly Result[]} results */
export function tableOf(results) {
  const rows = results.map(
    ({ s3, node, passed, failed, skipped, minutes }) =>
      `| ${s3} | ${node} | ${passed} | ${failed.length} | ${skipped.length} | ${minutes.toFixed(1)} |`,
  );
  const lists = results.flatMap(({ s3, node, failed, skipped }) => [
    ...failed.map((name) => `failed (${s3}, Node ${node}): ${name}`),
    ...skipped.map((name) => `skipped (${s3}, Node ${node}): ${name}`),
  ]);
  return ['', '| S3 | Node | passed | failed | skipped | minutes |', '| --- | --- | --- | --- | --- | --- |', ...rows, ...lists, ''].join(
    '\n',
  );
}
