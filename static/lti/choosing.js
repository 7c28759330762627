// Sends the page's one form, form[data-sends], to the platform, once: who comes back to this page by the browser's
// history finds the button and sends nothing unawares. Without scripts the button does it all.
const form = document.querySelector("form[data-sends]");

/** @returns {boolean} whether this very answer went out before; unknown counts as no */
function wentOut(nonce) {
  try {
    const before = sessionStorage.getItem("greenroom.sent") === nonce;
    sessionStorage.setItem("greenroom.sent", nonce);
    return before;
  } catch {
    // A frame of another site may have no storage.
    return false;
  }
}

if (form && !wentOut(form.dataset.sends)) form.submit();
