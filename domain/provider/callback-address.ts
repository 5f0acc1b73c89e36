import type { TextSigner } from '../access/secrets';

/** An attempt whose provider may tell that its job has moved. */
export interface CallbackAddress {
  readonly taskId: string;
  /** Number of the attempt. */
  readonly n: number;
}

/**
 * The address that a provider is handed for one job, below the installation's public URL. Its signature makes it unguessable: many providers
 * sign nothing, and who knows the address is believed that the job has moved, never what it came to.
 * @example pathOfCallback(signer, { taskId: 'task_01', n: 1 }) // '/v1/provider_callbacks/task_01/1/3q2-...'
 */
export function pathOfCallback(signer: TextSigner, { taskId, n }: CallbackAddress): string {
  return `/v1/provider_callbacks/${taskId}/${n}/${signer.sign(textOf({ taskId, n }))}`;
}

/** Whether an address is one of ours. */
export function isCallbackAddress(signer: TextSigner, address: CallbackAddress, signature: string): boolean {
  return signer.verify(textOf(address), signature);
}

function textOf({ taskId, n }: CallbackAddress): string {
  return `provider callback ${taskId} ${n}`;
}
