import { describeRuns } from './support/run-scenarios';

/** No worker makes a first attempt at an item by itself here: the workflows alone must give the same results. */
describe('with first attempts at items switched off', () => {
  describeRuns({ ATELIER_OPTIMISTIC_ITEMS: 'false' });
});
