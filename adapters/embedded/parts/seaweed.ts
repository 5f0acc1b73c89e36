import { writeJson } from '../json-file';
import { httpStatus } from './probes';

/** After a restart a first write may wait for the volume's next report, which comes every 5 s. */
const WRITE_PATIENCE_MS = 10_000;

/** Writes SeaweedFS's `-s3.config`: one identity, which may do what Atelier does. */
export function writeIdentities(file: string, keys: { readonly accessKeyId: string; readonly secretAccessKey: string }): void {
  const credentials = [{ accessKey: keys.accessKeyId, secretKey: keys.secretAccessKey }];
  writeJson(file, { identities: [{ name: 'atelier', credentials, actions: ['Admin', 'Read', 'Write', 'List', 'Tagging'] }] });
}

/** An S3 server answers, whatever it says. */
export async function s3Answers(port: number): Promise<boolean> {
  return (await httpStatus(`http://127.0.0.1:${port}/`)) !== null;
}

/** Proves that a volume takes writes, which comes some time after the ports answer. */
export async function canWrite(filer: string): Promise<boolean> {
  const status = await httpStatus(`${filer}/ready/probe`, { method: 'PUT', body: 'ready' }, WRITE_PATIENCE_MS);
  return status !== null && status < 300;
}
