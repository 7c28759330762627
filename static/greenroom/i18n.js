/**
 * Translation for our modules.
 *
 * Django's JavaScriptCatalog (/jsi18n/) defines a global `gettext`. A page that did not load it, and a worker, get the
 * English text. The function is called `gettext` so that `makemessages -d djangojs` finds its strings.
 *
 *   import { gettext, interpolate } from "../greenroom/i18n.js";
 *   interpolate(gettext("Trying again in %(seconds)s s"), { seconds: 4 });
 */

/**
 * @param {string} message English text
 * @returns {string} the text in the page's language
 */
export function gettext(message) {
  const translate = /** @type {any} */ (globalThis).gettext;
  return typeof translate === "function" ? translate(message) : message;
}

/**
 * Fill the named places of a translated text.
 * @param {string} text with places such as %(seconds)s
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function interpolate(text, values) {
  return text.replace(/%\((\w+)\)s/g, (place, name) => (name in values ? String(values[name]) : place));
}
