import { describeRuns } from './support/run-scenarios';

describeRuns();
