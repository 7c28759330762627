// Tells the platform that its registration of us is done, so that it closes the frame or window
// (LTI Dynamic Registration 1.0, 3.8). The message holds nothing secret, and a platform may show us from another of
// its hosts, so it goes to whoever opened this.
const STILL_HERE_MS = 1500;
const opener = window.opener ?? (window.parent === window ? null : window.parent);

document.querySelector("[data-closes-registration]").addEventListener("click", () => {
  opener?.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  setTimeout(() => {
    document.querySelector("[data-still-here]").hidden = false;
  }, STILL_HERE_MS);
});
