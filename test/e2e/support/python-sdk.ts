import { pythonPackage } from '../../support/python-package';

/** A folder with OpenAI's SDK of the version that the tests were written against, for PYTHONPATH. */
export function pythonSdk(): Promise<string> {
  return pythonPackage('openai', '3.57.0');
}
