import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/**
 * The file that the build leaves beside the compiled tree. The one whose workflows make spans holds a tracing library, which every workflow
 * would load: it is a file of its own.
 */
export function workflowBundlePath({ isTraced }: { readonly isTraced: boolean }): string {
  return resolve(__dirname, '..', isTraced ? 'workflow-bundle-traced.js' : 'workflow-bundle.js');
}

/** Bundles the compiled workflows once, at build time: doing it at each start would cost seconds. */
async function writeWorkflowBundle({ isTraced }: { readonly isTraced: boolean }): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(__dirname, '..', 'workflows', 'index.js'),
    logger: new DefaultLogger('WARN'),
    ...(isTraced
      ? { workflowInterceptorModules: [require.resolve('@temporalio/interceptors-opentelemetry/lib/workflow-interceptors')] }
      : {}),
  });
  await writeFile(workflowBundlePath({ isTraced }), code);
}

async function writeWorkflowBundles(): Promise<void> {
  for (const isTraced of [false, true]) await writeWorkflowBundle({ isTraced });
}

if (require.main === module) void writeWorkflowBundles();
