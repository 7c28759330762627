/**
 * A launch in a frame, before the platform is asked: does this browser keep our cookies here?
 *
 * If so the page leaves at once for the platform. If not, the platform's own storage keeps what ties the launch to this
 * browser; and where there is none either, the launch begins once more in a window. A plain script, the first of its
 * page: it waits for nothing.
 */
{
  const script = /** @type {HTMLScriptElement} */ (document.currentScript);
  const { url = "" } = script.dataset;
  if (keepsCookies()) location.replace(url);
  else document.addEventListener("DOMContentLoaded", () => goAnotherWay(url));

  /** Whether a cookie with what a frame needs can be written and read back. */
  function keepsCookies() {
    const attributes = "; Path=/lti/; Secure; SameSite=None; Partitioned";
    try {
      document.cookie = `greenroom_probe=1; Max-Age=60${attributes}`;
      const isKept = document.cookie.includes("greenroom_probe=1");
      document.cookie = `greenroom_probe=; Max-Age=0${attributes}`;
      return isKept;
    } catch {
      // A sandboxed frame has no cookies at all, and says so with an error.
      return false;
    }
  }

  /** @param {string} url */
  async function goAnotherWay(url) {
    if (await isStored()) location.replace(url);
    else await offerWindow();
  }

  async function isStored() {
    const found = document.getElementById("storage");
    if (found === null) return false;
    const { target, origin, key, value } = JSON.parse(found.textContent ?? "{}");
    const { put } = await import("./platform-storage.js");
    return put({ target, origin }, key, value);
  }

  async function offerWindow() {
    await import("./window.js");
    document.getElementById("waiting")?.remove();
    document.getElementById("apart")?.classList.remove("no-js-only");
  }
}
