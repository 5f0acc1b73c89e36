export { connectTemporal, installTemporalRuntime, type Temporal } from './connection';
export { createHistorySource } from './history';
export { ensureSearchAttributes } from './search-attributes';
export { createTemporalRunner, type TemporalRunner, type WorkflowState } from './runner';
