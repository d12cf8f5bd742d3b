/** What tfjs knows the tracing backend by. */
export const TRACE_BACKEND = 'ganloss-trace';
