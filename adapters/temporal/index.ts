export { connectTemporal, installTemporalRuntime } from './connection';
export { createHistorySource } from './history';
export { createTemporalRunner } from './runner';
