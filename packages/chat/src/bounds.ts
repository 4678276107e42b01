/** Every bound of the SDK in one place. Times in milliseconds. */

/** A send or a request that has no answer by then is rejected with 2801. */
export const REQUEST_TIMEOUT = 15_000
/** The first login keeps trying to reach the server this long. */
export const LOGIN_TIMEOUT = 15_000
/** Opening a socket, and the answer to the login on it. */
export const OPEN_TIMEOUT = 10_000
export const LOGOUT_TIMEOUT = 3_000
/** `getUserSig` asks the app's own server. */
export const USERSIG_TIMEOUT = 30_000

export const BACK_OFF_FLOOR = 300
export const BACK_OFF_FIRST_CEILING = 1_000
export const BACK_OFF_CEILING = 20_000
/** A connection that lived this long starts the back-off anew. */
export const STABLE_AFTER = 10_000

/** No frame for this long with requests in flight: ask. As long again: the socket is dead. */
export const PROBE_AFTER = 5_000

/** After a sleep: no frame for this long after having asked, and the socket is dead. */
export const WAKE_PATIENCE = 3_000
/** A timer of this length that fires as much too late again: the machine slept. */
export const WAKE_TICK = 5_000
/** Signs of waking that come within this time are one. */
export const WAKE_PAUSE = 1_000
/** A tab that nobody let in asks again after this. */
export const JOIN_PAUSE = 3_000
/** Between telling the other tabs that the session is over, and giving the lock away. */
export const END_GRACE = 200
/**
 * A tab that takes over claims a generation above any that the closed one can have reached: the lock says that no other
 * socket of this session lives here.
 */
export const TAKEOVER_GENERATIONS = 1_000_000

/** The door allows 32 in flight (wire-protocol.md); two stay free for session commands. */
export const IN_FLIGHT = 30
/** The door allows 50 frames a second; session commands need room too. */
export const FRAMES_PER_SECOND = 45
/** Requests that wait for the door, or for the connection. */
export const QUEUED_REQUESTS = 1_000
/** Messages that wait for their turn, all conversations together. */
export const PENDING_SENDS = 500
/** The client key of a message is kept 7 days by the server; a day of margin for clocks. */
export const RESEND_HORIZON_SECONDS = 6 * 86_400

/** Messages in memory, all conversations together; the longest untouched leave first. */
export const CACHED_MESSAGES = 5_000
/** Files of messages that were made here and not sent yet; the longest kept leave first. */
export const LOCAL_FILES = 200
/** A merged forward travels inside its message up to so many bytes of JSON (rest-1 section 1.10). */
export const MERGER_INLINE_BYTES = 11_264
/** Anchors of history pages whose message left the cache. */
export const HISTORY_ANCHORS = 200
/** Frames that wait for the end of the first synchronisation; gaps left by dropped ones are pulled afterwards. */
export const BUFFERED_FRAMES = 2_000
/** Messages of one conversation that wait for an earlier one. */
export const STASHED_ARRIVALS = 200
/** Time given to frames that overtook each other before a pull is made. */
export const GAP_GRACE = 100
export const PULL_PAGE = 100
export const PULLS_AT_ONCE = 4
/** Missed messages of one conversation that are delivered one by one after a pause; older ones are history only. */
export const CATCH_UP_MESSAGES = 10_000
/** `sync/resume` takes no more marks, and its frame must stay below the door's 64 KiB. */
export const RESUME_MARKS = 3_000
export const RESUME_MARKS_BYTES = 56_000

/** Longest timer of one hop: longer ones overflow the runtime's 32 bits and fire at once. */
export const TIMER_HOP = 86_400_000
/** Before a report of reading that did not get through is made again. */
export const REPORT_PAUSE = 20_000
/** Between two tries to renew the UserSig. */
export const RENEWAL_PAUSE = 60_000
