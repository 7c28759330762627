/**
 * Keeps library code from calling home.
 *
 * @mediapipe/tasks-vision 1.x posts usage figures to an outside host once a minute and when a task closes. Nothing of
 * a practice may leave our origin, and a Worker does not inherit the page's content security policy (it has that of
 * its own file), so the policy alone is not enough: `fetch` itself refuses other origins. The library takes the
 * refusal for a network that is down and stops trying.
 */

/** @typedef {{refused: string[]}} Log the origins refused so far */

/** Says that a request to another origin was refused; carries the refused address. */
export class OutsideRequest extends Error {
  /** @param {string} url */
  constructor(url) {
    super(`A request to another origin was refused: ${url}`);
    this.name = "OutsideRequest";
    this.url = url;
  }
}

/**
 * Make `scope.fetch` refuse every address outside our own origin. Calling it twice does no harm.
 * @param {typeof globalThis} [scope]
 * @returns {Log} grows as requests are refused
 */
export function stayHome(scope = globalThis) {
  const fetchAnywhere = /** @type {typeof fetch & {staysHome?: Log}} */ (scope.fetch);
  if (fetchAnywhere.staysHome) return fetchAnywhere.staysHome;
  /** @type {Log} */
  const log = { refused: [] };
  const fetchAtHome = (
    /** @type {RequestInfo | URL} */ input,
    /** @type {RequestInit | undefined} */ init,
  ) => {
    const url = new URL(input instanceof Request ? input.url : String(input), scope.location.href);
    if (isHome(url, scope.location.origin)) return fetchAnywhere.call(scope, input, init);
    if (!log.refused.includes(url.origin)) log.refused.push(url.origin);
    return Promise.reject(new OutsideRequest(url.href));
  };
  scope.fetch = Object.assign(fetchAtHome, { staysHome: log });
  return log;
}

/**
 * @param {URL} url
 * @param {string} origin
 */
function isHome(url, origin) {
  return url.origin === origin || url.protocol === "blob:" || url.protocol === "data:";
}
