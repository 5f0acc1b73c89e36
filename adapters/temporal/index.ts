export { connectTemporal, installTemporalRuntime, type Temporal } from './connection';
export { ensureSearchAttributes } from './search-attributes';
export { createTemporalRunner, type TemporalRunner, type WorkflowState } from './runner';
