import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Where the build leaves the workflows' code, beside the compiled tree. */
export const WORKFLOW_BUNDLE_PATH = resolve(__dirname, '..', 'workflow-bundle.js');

/** Bundles the compiled workflows once, at build time: doing it at each start would cost seconds. */
export async function writeWorkflowBundle(): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '..', 'workflows', 'index.js'),
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(WORKFLOW_BUNDLE_PATH, code);
}

if (require.main === module) void writeWorkflowBundle();
