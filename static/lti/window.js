/**
 * Out of the frame into a window.
 *
 * A form with `data-leaves` opens the window by itself. The form `#to-window` first asks for a way in, because the
 * frame's cookies do not reach a window; without this script it leads to a page with a button. Afterwards the frame
 * says where one goes on.
 */
const leaving = /** @type {HTMLFormElement | null} */ (document.querySelector("form[data-leaves]"));
leaving?.addEventListener("submit", sayElsewhere);

const asking = /** @type {HTMLFormElement | null} */ (document.getElementById("to-window"));
asking?.addEventListener("submit", (event) => {
  event.preventDefault();
  openWindow(asking);
});

/** @param {HTMLFormElement} form */
async function openWindow(form) {
  const token = await wayIn(form);
  if (token === null) {
    form.submit();
    return;
  }
  enter(form.dataset.enter ?? "", token);
  sayElsewhere();
}

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<string | null>}
 */
async function wayIn(form) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    return answer.ok ? (await answer.json()).token : null;
  } catch {
    return null;
  }
}

/**
 * Posted, not put into the address: an address is remembered.
 * @param {string} action
 * @param {string} token
 */
function enter(action, token) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action, target: "_blank", hidden: true });
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name: "token", value: token });
  form.append(field);
  document.body.append(form);
  form.submit();
  form.remove();
}

function sayElsewhere() {
  for (const id of ["apart", "window-offer"]) document.getElementById(id)?.toggleAttribute("hidden", true);
  document.getElementById("elsewhere")?.toggleAttribute("hidden", false);
}
