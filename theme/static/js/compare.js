// Without this script each filter is a link to a target and works alone; with it, filters of
// different groups combine, and the address holds the choice: #provider=individual&year=dated.
(() => {
  const links = [...document.querySelectorAll(".filters__link")];
  const rows = [...document.querySelectorAll(".compare__row")];
  const groups = [...document.querySelectorAll(".compare__group, .compare__section")];
  const filters = document.querySelector(".filters");
  const orders = [...document.querySelectorAll(".filters__order")];
  const all = document.querySelector(".filters__all");
  const status = document.querySelector(".compare__status");
  const fold = document.querySelector(".compare__fold");
  const start = orders.map((link) => link.getAttribute("href"));

  function readChoice() {
    const words = location.hash.slice(1);
    const plain = links.find((link) => link.getAttribute("href") === `#${words}`);
    if (plain) {
      return new Map([[plain.dataset.group, plain.dataset.value]]);
    }
    const given = new URLSearchParams(words);
    return new Map(
      links
        .filter((link) => given.get(link.dataset.group) === link.dataset.value)
        .map((link) => [link.dataset.group, link.dataset.value]),
    );
  }

  function writeChoice(choice) {
    return `#${choice.size ? new URLSearchParams([...choice]) : "all"}`;
  }

  function isChosen(link, choice) {
    return choice.get(link.dataset.group) === link.dataset.value;
  }

  function keeps(link, row) {
    return row.classList.contains(`in-${link.dataset.number}`);
  }

  function show() {
    const choice = readChoice();
    const chosen = links.filter((link) => isChosen(link, choice));
    for (const link of links) {
      if (chosen.includes(link)) {
        link.setAttribute("aria-current", "true");
      } else {
        link.removeAttribute("aria-current");
      }
      // The number of rows with this filter and the chosen filters of the other groups.
      const others = chosen.filter((other) => other.dataset.group !== link.dataset.group);
      const left = rows.filter((row) => [link, ...others].every((each) => keeps(each, row))).length;
      link.querySelector(".filters__count").textContent = left;
      link.classList.toggle("filters__link--none", left === 0);
    }
    let count = 0;
    for (const row of rows) {
      row.hidden = !chosen.every((link) => keeps(link, row));
      count += row.hidden ? 0 : 1;
    }
    for (const group of groups) {
      group.hidden = ![...group.querySelectorAll(".compare__row")].some((row) => !row.hidden);
    }
    for (const [number, link] of orders.entries()) {
      link.setAttribute("href", start[number] + (choice.size ? writeChoice(choice) : ""));
    }
    filters.classList.toggle("filters--chosen", choice.size > 0);
    // Matching rows must be visible, also in the folded part.
    if (fold && choice.size > 0) {
      fold.open = true;
    }
    status.textContent = choice.size ? status.dataset.words.replace("%d", count) : "";
  }

  // Show it now: the hashchange event comes later, and the old choice would stay until then.
  function choose(choice) {
    location.hash = writeChoice(choice);
    show();
  }

  for (const link of links) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const choice = readChoice();
      if (isChosen(link, choice)) {
        choice.delete(link.dataset.group);
      } else {
        choice.set(link.dataset.group, link.dataset.value);
      }
      choose(choice);
    });
  }
  all.addEventListener("click", (event) => {
    event.preventDefault();
    choose(new Map());
  });
  addEventListener("hashchange", show);
  show();
  // Open the filters if the address holds a choice.
  const isWide = matchMedia("(min-width: 48rem)").matches;
  const isFolded = isWide && !CSS.supports("selector(::details-content)");
  if (readChoice().size > 0 || isFolded) {
    document.querySelector(".filters__fold").open = true;
  }
  if (fold && isFolded) {
    fold.open = true;
  }
})();
