import { useApi } from '../support/api';

/** The api with a lane that answers "Hello.", for a test file of responses. */
export function useResponses() {
  const api = useApi();
  beforeEach(() => {
    api.lane.script = { chunks: [], content: 'Hello.', error: null, gate: Promise.resolve() };
  });
  /** What the lane was given last. */
  const lastInput = (): any => api.lane.runs.at(-1)!.task.input;
  return { api, lastInput };
}
