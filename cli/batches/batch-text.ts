import { hasEnded, type BatchObject } from './batch-object';

/** Faults that are shown; --json has the first hundred. */
const MOST_FAULTS = 10;

/** A batch in one line: "batch_0190… in_progress: 12/50 done, 1 failed, $0.012". */
export function stateText(batch: BatchObject): string {
  const { total, completed, failed } = batch.request_counts;
  const failures = failed === 0 ? '' : `, ${failed} failed`;
  const reason = batch.status_reason === null ? '' : ` (${batch.status_reason})`;
  return `${batch.id} ${batch.status}${reason}: ${completed + failed}/${total} done${failures}, $${batch.cost.actual}`;
}

/** Everything of a batch that people read. */
export function batchText(batch: BatchObject): string {
  const lines = [
    stateText(batch),
    `  endpoint   ${batch.endpoint}${batch.model === null ? '' : ` (${batch.model})`}`,
    `  input      ${batch.input_file_id}`,
    ...(batch.output_file_id === null ? [] : [`  output     ${batch.output_file_id}`]),
    ...(batch.error_file_id === null ? [] : [`  errors     ${batch.error_file_id}`]),
    `  campaign   ${batch.campaign_id}`,
    ...(hasEnded(batch) ? [] : [`  expires    ${new Date(batch.expires_at * 1_000).toISOString()}`]),
    ...faultLines(batch),
    ...adviceLines(batch),
  ];
  return lines.join('\n');
}

function faultLines({ errors }: BatchObject): readonly string[] {
  return (errors?.data ?? []).slice(0, MOST_FAULTS).map(({ line, param, message }) => {
    const place = line === null ? 'file' : `line ${line}`;
    return `  ${place}${param === null ? '' : ` (${param})`}: ${message}`;
  });
}

function adviceLines({ status_reason: reason, campaign_id: campaign }: BatchObject): readonly string[] {
  if (reason === 'budget_exhausted') return [`  Raise its budget: atelier campaigns set ${campaign} --budget USD`];
  if (reason !== null) return [`  Continue it: atelier campaigns resume ${campaign}`];
  return [];
}
