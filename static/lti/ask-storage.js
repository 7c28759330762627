/** The launch came back without its cookie: ask the platform's storage, and post the message again with the answer. */
import { get } from "./platform-storage.js";

const { target, origin, key } = JSON.parse(document.getElementById("storage")?.textContent ?? "{}");
const form = /** @type {HTMLFormElement} */ (document.getElementById("again"));
const field = /** @type {HTMLInputElement} */ (form.elements.namedItem("browser"));
field.value = (await get({ target, origin }, key)) ?? "";
form.submit();
