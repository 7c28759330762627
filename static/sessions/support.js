/**
 * What this browser lacks for practising, said before anything is asked of it.
 *
 *   for (const { text, isFatal } of supportProblems()) ...
 */
import { gettext } from "../greenroom/i18n.js";

/** @returns {{code: string, text: string, isFatal: boolean}[]} fatal: not even practice by voice works */
export function supportProblems() {
  const problems = [];
  const add = (/** @type {string} */ code, /** @type {string} */ text, isFatal = false) =>
    problems.push({ code, text, isFatal });
  if (!globalThis.isSecureContext) {
    add(
      "insecure",
      gettext("Camera and microphone work only over a secure connection. Open this page with https."),
      true,
    );
  } else if (!navigator.mediaDevices?.getUserMedia) {
    add(
      "media",
      gettext("This browser gives no access to a microphone. Use a current Chrome, Edge, Firefox or Safari."),
      true,
    );
  }
  if (typeof AudioWorkletNode === "undefined" || typeof WebSocket === "undefined") {
    add(
      "old",
      gettext("This browser is too old to hear you. Use a current Chrome, Edge, Firefox or Safari."),
      true,
    );
  }
  if (typeof WebAssembly === "undefined" || !hasWebgl()) {
    add(
      "picture",
      gettext("This browser cannot read the camera picture itself. You can practise by voice alone."),
    );
  }
  if (!globalThis.speechSynthesis) {
    add("voice", gettext("This browser has no voice: the questions are shown as text only."));
  }
  return problems;
}

function hasWebgl() {
  try {
    const context = document.createElement("canvas").getContext("webgl2");
    context?.getExtension("WEBGL_lose_context")?.loseContext();
    return context !== null;
  } catch {
    return false;
  }
}
