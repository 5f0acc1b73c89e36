/** Every beat of an activity is sent: throttled to most of a short timeout, one late beat would make a second try of a living one. */
export const EVERY_HEARTBEAT = { maxHeartbeatThrottleInterval: '1s' } as const;

/**
 * A step of a workflow waits so long for the process that has it in its cache, and then goes to any. By default it is 10 s, which every
 * run paid for every worker that died, while the next one stood by.
 */
export const SOON_TO_ANY = { stickyQueueScheduleToStartTimeout: '3s' } as const;
