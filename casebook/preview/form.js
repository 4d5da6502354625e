// The form works without this. With it, buttons keep the place in the page, what is typed is read
// at once, nobody leaves with what is not saved, and what was left all the same can be put back.
(() => {
  "use strict";
  // Buttons whose answer is about the whole record; others leave the editor where they are.
  const ABOUT_ALL = ["check", "save", "keep", "undo", "fix", "explain"];
  let dirty = false;
  let timer = 0;
  let asked = 0;

  const find = (id) => document.getElementById(id);
  const form = () => document.querySelector("form");

  function read() {
    const body = new URLSearchParams(new FormData(form()));
    body.delete("@token");
    return body;
  }

  // A browser may be told to keep nothing.
  function keep(text) {
    try {
      if (text) localStorage.setItem(form().dataset.key, text);
      else localStorage.removeItem(form().dataset.key);
    } catch { /* then nothing is put back either */ }
  }

  function tell(words) {
    const told = document.createElement("p");
    told.textContent = words;
    find("@notices").replaceChildren(told);
    return told;
  }

  async function ask(button, body = read()) {
    const number = ++asked;
    if (dirty) keep(body.toString());
    body.set("@token", form().elements["@token"].value);
    body.set("do", button);
    let page = null;
    let answer = null;
    try {
      answer = await fetch(form().action, { method: "POST", body });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch { /* nobody is there to answer */ }
    // Whoever asked later is answered; an earlier answer would bring back older words.
    if (number !== asked) return null;
    if (page && page.querySelector("form")) return { page, answer };
    tell(JSON.parse(form().dataset.words).lost);
    return null;
  }

  async function press(value, body) {
    clearTimeout(timer);
    // A second click is the same one; and what is typed until the answer comes would go with the
    // page that it takes the place of.
    if (form().inert) return;
    const held = document.activeElement;
    form().inert = true;
    const open = new Set([...document.querySelectorAll("details[open]")].map((one) => one.id));
    const focus = held.id;
    const before = new Set([...document.querySelectorAll("[data-row]")].map((one) => one.id));
    const got = await ask(value, body);
    form().inert = false;
    if (!got) {
      held.focus();
      return;
    }
    const saved = got.answer.redirected;
    if (saved) {
      keep("");
      history.replaceState(null, "", got.answer.url);
      // What is beside the form is not there before a record has a file.
      if (document.querySelector("aside") === null && got.page.querySelector("aside")) {
        dirty = false;
        location.reload();
        return;
      }
    }
    document.querySelector("main").replaceWith(got.page.querySelector("main"));
    // A file that was gone comes back under its own name.
    if (saved) keep("");
    document.title = got.page.title;
    dirty = "changed" in form().dataset;
    for (const one of document.querySelectorAll("details[id]")) if (open.has(one.id)) one.open = true;
    const fresh = [...document.querySelectorAll("[data-row]")].find((one) => !before.has(one.id));
    const next = fresh ? fresh.querySelector("input:not([type=hidden]), select, textarea") : null;
    const same = [...document.querySelectorAll("button")].find((one) => one.value === value);
    const wrong = ABOUT_ALL.includes(value) && document.querySelector(".summary li");
    const target = document.querySelector("pre:not(:empty)") || (wrong && find("@summary")) || next || (focus && find(focus)) || same || document.querySelector("main button");
    target.focus();
  }

  async function look() {
    const got = await ask("live");
    if (!got) return;
    if (got.answer.ok === false) form().elements["@token"].value = got.page.querySelector("form").elements["@token"].value;
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
    if (!event.target.closest("form")) return;
    dirty = true;
    clearTimeout(timer);
    // An input method is still choosing characters; what stands there is nobody's wording yet.
    if (!event.isComposing) timer = setTimeout(look, 400);
  }

  // What was written here before and never saved, if that is not what is here anyway.
  function offer() {
    let kept = null;
    try {
      kept = localStorage.getItem(form().dataset.key);
    } catch { /* as above */ }
    if (!kept || kept === read().toString()) return;
    const words = JSON.parse(form().dataset.words);
    const told = tell(words.kept);
    for (const [name, act] of [["restore", () => press("check", new URLSearchParams(kept))], ["discard", () => keep("")]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words[name];
      button.addEventListener("click", () => { told.remove(); act(); });
      told.append(" ", button);
    }
  }

  document.addEventListener("input", wait);
  document.addEventListener("compositionend", wait);
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || "plain" in button.dataset) {
      dirty = false;
      return;
    }
    event.preventDefault();
    press(button.value);
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".summary a");
    const control = link && find(decodeURIComponent(link.hash.slice(1)));
    if (!control) return;
    event.preventDefault();
    for (let one = control; one; one = one.parentElement) if (one.tagName === "DETAILS") one.open = true;
    const first = control.matches("input, select, textarea") ? control : control.querySelector("input:not([type=hidden]), select, textarea, summary");
    (first || control).focus();
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
  if (form()) {
    dirty = "changed" in form().dataset;
    offer();
  }
})();
