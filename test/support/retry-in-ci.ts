// Tests here kill real processes on shared cores. In CI one that fails is tried once more, with its first failure printed: a fault of the
// product fails twice, a machine that stood still for a moment does not. Locally nothing is tried again.
if (process.env['CI'] === 'true') jest.retryTimes(1, { logErrorsBeforeRetry: true });
