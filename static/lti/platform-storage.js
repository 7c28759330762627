/**
 * What the platform keeps for us where the browser does not (1EdTech LTI Client Side postMessages 1.0).
 *
 *   await put({ target, origin }, key, value);   // whether it was kept
 *   await get({ target, origin }, key);          // the value, or null
 *
 * `target` is what the platform gave as `lti_storage_target`: `_parent`, or the name of a frame beside ours. `origin` is
 * that of its sign-in page: a message goes to no other, and is believed from no other.
 *
 * @typedef {{target: string, origin: string}} Storage
 */
const PATIENCE_MS = 3000;

/**
 * @param {Storage} storage
 * @param {string} key
 * @param {string} value
 * @returns {Promise<boolean>}
 */
export async function put(storage, key, value) {
  const answer = await ask(storage, "lti.put_data", { key, value });
  return answer !== null && answer.value === value;
}

/**
 * @param {Storage} storage
 * @param {string} key
 * @returns {Promise<string | null>}
 */
export async function get(storage, key) {
  const answer = await ask(storage, "lti.get_data", { key });
  return typeof answer?.value === "string" && answer.value !== "" ? answer.value : null;
}

/**
 * @param {Storage} storage
 * @param {string} subject
 * @param {{key: string, value?: string}} said
 * @returns {Promise<any>} null where nobody answers in time, or with an error
 */
function ask({ target, origin }, subject, said) {
  const id = crypto.getRandomValues(new Uint32Array(4)).join("-");
  return new Promise((resolve) => {
    const timer = setTimeout(() => end(null), PATIENCE_MS);
    const hear = (/** @type {MessageEvent} */ event) => {
      if (event.origin !== origin || !isAnswer(event.data, subject, id)) return;
      end(event.data.error ? null : event.data);
    };
    const end = (/** @type {any} */ answer) => {
      clearTimeout(timer);
      removeEventListener("message", hear);
      resolve(answer);
    };
    addEventListener("message", hear);
    try {
      frameOf(target).postMessage({ subject, message_id: id, ...said }, origin);
    } catch {
      // The origin is none, or the frame is gone.
      end(null);
    }
  });
}

/**
 * @param {any} data
 * @param {string} subject
 * @param {string} id
 */
function isAnswer(data, subject, id) {
  return typeof data === "object" && data?.subject === `${subject}.response` && data.message_id === id;
}

/**
 * The platform's frame: the one around us, or one of the frames in it.
 * @param {string} target
 * @returns {Window}
 */
function frameOf(target) {
  if (target === "_parent") return window.parent;
  try {
    return /** @type {any} */ (window.parent.frames)[target] ?? window.parent;
  } catch {
    // A frame of that name does not exist, and the browser tells nothing of another site's frames.
    return window.parent;
  }
}
