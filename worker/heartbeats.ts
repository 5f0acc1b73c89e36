/** Every beat of an activity is sent: throttled to most of a short timeout, one late beat would make a second try of a living one. */
export const EVERY_HEARTBEAT = { maxHeartbeatThrottleInterval: '1s' } as const;
