/** How much a process holds at once for those that it works for. */
export interface HeldLimits {
  /** For all teams together. */
  readonly processBytes: number;
  /** For one team; what is left of `processBytes` is there for others. */
  readonly teamBytes: number;
  /** How long what does not fit waits before it is refused. */
  readonly patienceMs: number;
}

/** What one piece of work makes its process hold, counted against its team's bound and the process's. */
export interface Holding {
  /** Counts more bytes. @throws the refusal when there is no room for them */
  hold(bytes: number): void;
  /** As `hold`, but waits a while for room; null when there is room now. */
  room(bytes: number): Promise<void> | null;
  /** Counts bytes that are held already, whatever the bounds are: what comes next waits longer. */
  add(bytes: number): void;
  /** Goes on holding beyond the end of the work, until the function is called that it answers. */
  keep(): () => void;
  /** Ends one hold; the bytes are free with the last. */
  release(): void;
}

/** Whatever the others hold, a team may hold this much: usual work passes beside a flood of large one. */
const RESERVE_BYTES = 1024 * 1024;
/** So small a piece may also go beyond a bound, by the reserve. */
const SMALL_BYTES = 64 * 1024;

interface Waiter {
  readonly teamId: number | null;
  readonly bytes: number;
  /** What its piece of work holds already. */
  readonly own: () => number;
  readonly grant: () => void;
}

/** Counts the bytes that work of all teams makes a process hold. */
export interface HeldBytes {
  /** A count for one piece of work of a team. */
  open(teamId: number | null): Holding;
  /** What is held now, in bytes. */
  total(): number;
}

/** @param refusal - what is thrown where there is no room */
export function createHeldBytes({ processBytes, teamBytes, patienceMs }: HeldLimits, refusal: () => Error): HeldBytes {
  const teams = new Map<number | null, number>();
  let total = 0;
  let waiters: Waiter[] = [];

  // One piece alone always fits, however small the limits are: it has bounds of its own.
  function fits(teamId: number | null, bytes: number, own: number): boolean {
    const held = teams.get(teamId) ?? 0;
    if (held + bytes <= RESERVE_BYTES) return true;
    const beyond = bytes <= SMALL_BYTES ? RESERVE_BYTES : 0;
    return (held === own || held + bytes <= teamBytes + beyond) && (total === own || total + bytes <= processBytes + beyond);
  }

  function add(teamId: number | null, bytes: number): void {
    const held = (teams.get(teamId) ?? 0) + bytes;
    total += bytes;
    if (held === 0) teams.delete(teamId);
    else teams.set(teamId, held);
  }

  function grantWaiters(): void {
    if (waiters.length === 0) return;
    const asked = waiters;
    waiters = [];
    for (const waiter of asked) {
      if (fits(waiter.teamId, waiter.bytes, waiter.own())) waiter.grant();
      else waiters.push(waiter);
    }
  }

  function open(teamId: number | null): Holding {
    let held = 0;
    let keepers = 1;
    let refuse: (() => void) | null = null;

    function take(bytes: number): void {
      held += bytes;
      add(teamId, bytes);
    }

    function wait(bytes: number): Promise<void> {
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          teamId,
          bytes,
          own: () => held,
          grant() {
            clearTimeout(timer);
            refuse = null;
            take(bytes);
            resolve();
          },
        };
        refuse = () => {
          waiters = waiters.filter((other) => other !== waiter);
          refuse = null;
          reject(refusal());
        };
        const timer = setTimeout(refuse, patienceMs);
        waiters.push(waiter);
      });
    }

    function release(): void {
      keepers -= 1;
      if (keepers > 0) return;
      refuse?.();
      add(teamId, -held);
      held = 0;
      grantWaiters();
    }

    return {
      hold(bytes) {
        if (!fits(teamId, bytes, held)) throw refusal();
        take(bytes);
      },
      room(bytes) {
        if (!fits(teamId, bytes, held)) return wait(bytes);
        take(bytes);
        return null;
      },
      add: take,
      keep() {
        keepers += 1;
        let isKept = true;
        return () => {
          if (isKept) release();
          isKept = false;
        };
      },
      release,
    };
  }

  return { open, total: () => total };
}
