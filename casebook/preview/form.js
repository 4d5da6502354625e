// The form works without this. With it, buttons keep the place in the page, what is typed is read
// at once, and nobody leaves with what is not saved.
(() => {
  "use strict";
  let dirty = false;
  let timer = 0;
  let asked = 0;

  const find = (id) => document.getElementById(id);

  async function ask(form, button) {
    const body = new URLSearchParams(new FormData(form));
    body.set("do", button);
    const number = ++asked;
    const answer = await fetch(form.action, { method: "POST", body });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    // Whoever asked later is answered; an earlier answer would bring back older words.
    return number === asked && page.querySelector("main") ? { page, answer } : null;
  }

  async function press(form, button) {
    const open = new Set([...document.querySelectorAll("details[open]")].map((one) => one.id));
    const focus = document.activeElement ? document.activeElement.id : "";
    const before = new Set([...document.querySelectorAll("[data-row]")].map((one) => one.id));
    const got = await ask(form, button.value);
    if (!got) return;
    if (got.answer.redirected) {
      history.replaceState(null, "", got.answer.url);
      dirty = false;
      // What is beside the form is not there before a record has a file.
      if (document.querySelector("aside") === null && got.page.querySelector("aside")) {
        location.reload();
        return;
      }
    }
    document.querySelector("main").replaceWith(got.page.querySelector("main"));
    document.title = got.page.title;
    for (const one of document.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
    const fresh = [...document.querySelectorAll("[data-row]")].find((one) => !before.has(one.id));
    const next = fresh ? fresh.querySelector("input:not([type=hidden]), select, textarea") : null;
    const same = [...document.querySelectorAll("button")].find((one) => one.value === button.value);
    const target = next || (focus && find(focus)) || same || document.querySelector("main h1");
    if (target.tagName === "H1") target.tabIndex = -1;
    target.focus();
  }

  async function look(form) {
    const got = await ask(form, "live");
    if (!got) return;
    for (const part of got.page.querySelectorAll("[data-live]")) {
      const own = find(part.id);
      if (own && own.innerHTML !== part.innerHTML) own.innerHTML = part.innerHTML;
    }
    for (const part of got.page.querySelectorAll("input[id], select[id], textarea[id]")) {
      const own = find(part.id);
      if (own) own.toggleAttribute("aria-invalid", part.hasAttribute("aria-invalid"));
      if (own && own.hasAttribute("aria-invalid")) own.setAttribute("aria-invalid", "true");
    }
  }

  function wait(event) {
    dirty = true;
    clearTimeout(timer);
    // An input method is still choosing characters; what stands there is nobody's wording yet.
    if (event.isComposing) return;
    const form = event.target.closest("form");
    if (form) timer = setTimeout(() => look(form), 400);
  }

  document.addEventListener("input", wait);
  document.addEventListener("compositionend", wait);
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    clearTimeout(timer);
    if (!button || "plain" in button.dataset) {
      dirty = false;
      return;
    }
    event.preventDefault();
    press(event.target, button);
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
})();
