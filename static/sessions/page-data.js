/**
 * What the server put into the page for its module, its elements, and what this browser remembers from one page to the next.
 */

const DEVICES = "greenroom.devices";

/**
 * The object that `{{ data|json_script:"id" }}` left in the page.
 * @param {string} id
 * @returns {any}
 */
export function pageData(id) {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}");
}

/**
 * @param {string} id of an element that the template has
 * @returns {HTMLElement}
 */
export function byId(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}

/** @returns {string} the token that Django wants with every write */
export function csrfToken() {
  const field = document.querySelector("input[name=csrfmiddlewaretoken]");
  return field instanceof HTMLInputElement ? field.value : "";
}

/** The devices chosen in the lobby, on this machine. @returns {{cameraId?: string, microphoneId?: string}} */
export function chosenDevices() {
  try {
    return JSON.parse(localStorage.getItem(DEVICES) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {{cameraId?: string, microphoneId?: string}} devices */
export function rememberDevices(devices) {
  try {
    localStorage.setItem(DEVICES, JSON.stringify(devices));
  } catch {
    // Without storage the system's own choice is taken next time.
  }
}

/** The person has just pressed "Begin" in the lobby: the room opens without asking again. @param {string} session */
export function markBegun(session) {
  try {
    sessionStorage.setItem("greenroom.begun", session);
  } catch {
    // Then the room asks for one more click.
  }
}

/**
 * Whether "Begin" brought us here; true only once, so that a reload asks for a click again.
 * @param {string} session
 * @returns {boolean}
 */
export function takeBegun(session) {
  try {
    const begun = sessionStorage.getItem("greenroom.begun") === session;
    sessionStorage.removeItem("greenroom.begun");
    return begun;
  } catch {
    return false;
  }
}
