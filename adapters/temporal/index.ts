export { connectTemporal, installTemporalRuntime } from './connection';
export { createHistorySource } from './history';
export { ensureSearchAttributes } from './search-attributes';
export { createTemporalRunner } from './runner';
