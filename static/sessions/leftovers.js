/**
 * Brings what an earlier page recorded and could not upload before it was closed. On the pages that follow an interview;
 * where nothing is left, it looks into this browser's own store and is done.
 */
import { resumeUploads } from "./recorder.js";

/** The token that base.html gives to htmx. */
function csrfToken() {
  const headers = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  return headers["X-CSRFToken"] ?? "";
}

// A browser without such a store recorded nothing.
if (csrfToken()) resumeUploads(csrfToken()).catch(() => undefined);
