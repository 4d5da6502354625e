// Searches the index of the site, which is fetched as a classic script when the field is first
// used, so that it works from a folder too. Chinese is found by containment; a number is found in
// any notation.
(() => {
  const MOST_PLACES = 60;
  const LONGEST_NUMBER = 80;
  // Values are whole numbers of this part, because no fraction of a record is finer.
  const PART = 10000n;
  const WAN = 10000n * PART;
  const YI = 100000000n * PART;
  const CEILING = 10n ** 18n * PART;
  const DIGITS = new Map([..."零一二三四五六七八九"].map((char, value) => [char, BigInt(value) * PART]));
  DIGITS.set("〇", 0n).set("两", 2n * PART);
  const SCALES = new Map([["十", 10n * PART], ["百", 100n * PART], ["千", 1000n * PART], ["万", WAN], ["亿", YI]]);
  const ENGLISH = { thousand: 1000n, million: 10n ** 6n, billion: 10n ** 9n, trillion: 10n ** 12n };
  // Traditional characters that a reader may type, each before its simplified form.
  const SIMPLER = "購购買买務务會会組组織织貧贫錢钱萬万億亿兩两圓圆東东廣广陝陕內内鞍鞍馬马陽阳興兴業业機机構构項项資资額额標标準准總总萬万書书類类個个區区縣县鎮镇鄉乡國国政政財财稅税費费險险賠赔償偿醫医療疗養养護护學学習习訓训練练職职員员聯联團团體体藝艺術术節节電电臺台灣湾門门場场館馆圖图報报導导檔档號号條条約约規规訂订競竞評评審审選选擇择監监績绩補补貼贴獎奖勵励計计劃划實实際际數数據据單单價价與与對对從从為为來来時时間间長长見见關关係系發发開开辦办領领隊队";
  const FOLDS = new Map();
  for (let at = 0; at < SIMPLER.length; at += 2) {
    FOLDS.set(SIMPLER[at], SIMPLER[at + 1]);
  }

  // One character becomes one character, so that a place in the folded text is one in the text.
  function fold(text) {
    return [...text].map(foldCharacter).join("");
  }

  function foldCharacter(char) {
    const code = char.codePointAt(0);
    if (code >= 0xff01 && code <= 0xff5e) {
      return String.fromCodePoint(code - 0xfee0).toLowerCase();
    }
    if ("\u3000\u00a0\u2009\u202f".includes(char)) {
      return " ";
    }
    const lower = char.toLowerCase();
    return FOLDS.get(char) ?? (lower.length === char.length ? lower : char);
  }

  class NotANumber extends Error {}

  function refuse() {
    throw new NotANumber();
  }

  // The value of a bare number in any notation, in plain digits, or null where it is not one: the
  // same as the generator's own reading of numbers.
  function readNumber(text) {
    const value = readValue(text);
    return value === null ? null : writeValue(value);
  }

  function readValue(text) {
    if ([...text].length > LONGEST_NUMBER) {
      return null;
    }
    const line = [...text].map((char) => {
      const code = char.codePointAt(0);
      if (code >= 0xff01 && code <= 0xff5e) {
        return String.fromCodePoint(code - 0xfee0);
      }
      return "\u3000\u00a0\u2009\u202f".includes(char) ? " " : char;
    }).join("").replace(/^ +| +$/g, "");
    try {
      const { tokens, end } = splitNumeral(line);
      if (tokens.length === 0 || end !== line.length) {
        return null;
      }
      return evaluate(tokens);
    } catch (error) {
      if (error instanceof NotANumber) {
        return null;
      }
      throw error;
    }
  }

  function writeValue(value) {
    const whole = value / PART;
    const rest = String(value % PART).padStart(4, "0").replace(/0+$/, "");
    return rest ? `${whole}.${rest}` : String(whole);
  }

  function splitNumeral(line) {
    const tokens = [];
    let at = 0;
    while (at < line.length) {
      const number = /^([0-9]+(?:,[0-9]+)*)(?:\.([0-9]+))?/.exec(line.slice(at));
      const char = line[at];
      if (number) {
        tokens.push({ kind: "number", value: readDigits(number[1], number[2] ?? "") });
        at += number[0].length;
        const gap = /^ */.exec(line.slice(at))[0].length;
        if (SCALES.has(line[at + gap])) {
          at += gap;
        }
        continue;
      }
      const fraction = /^点([零〇一二三四五六七八九]{1,4})/.exec(line.slice(at));
      if (DIGITS.has(char)) {
        tokens.push({ kind: "digit", value: DIGITS.get(char) });
      } else if (SCALES.has(char)) {
        tokens.push({ kind: "scale", value: SCALES.get(char) });
      } else if (tokens.length && tokens[tokens.length - 1].kind !== "number" && fraction) {
        const digits = [...fraction[1]].map((digit) => DIGITS.get(digit) / PART).join("");
        const value = evaluate(tokens) + BigInt(digits.padEnd(4, "0"));
        tokens.splice(0, tokens.length, { kind: "number", value });
        at += fraction[0].length;
        continue;
      } else {
        // 余 and 多 make it more than a number.
        break;
      }
      at += 1;
    }
    return { tokens, end: at };
  }

  function readDigits(whole, fraction) {
    if (!/^(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)$/.test(whole)) {
      refuse();
    }
    const digits = whole.replaceAll(",", "");
    if ((digits.length > 1 && digits[0] === "0") || digits.length > 15 || fraction.length > 4) {
      refuse();
    }
    return BigInt(digits) * PART + BigInt(fraction.padEnd(4, "0"));
  }

  // The value of a numeral, whose scales have to fall from left to right.
  function evaluate(tokens) {
    if (tokens.length > 1 && tokens.every((token) => token.kind === "digit")) {
      return evaluatePositions(tokens);
    }
    let yi = 0n;
    let wan = 0n;
    let section = 0n;
    let pending = null;
    let lastSmall = null;
    let seenWan = false;
    let afterZero = false;
    let previous = null;
    for (const token of tokens) {
      if (token.kind !== "scale") {
        const hasFraction = tokens[0].kind === "number" && tokens[0].value % PART !== 0n;
        if (pending || (previous && hasFraction)) {
          refuse();
        }
        if (token.kind === "digit" && token.value === 0n && tokens.length > 1) {
          if (!previous || afterZero) {
            refuse();
          }
          afterZero = true;
        } else {
          if (token.kind === "number" && previous && token.value >= (lastSmall ?? YI)) {
            refuse();
          }
          pending = token;
          afterZero = afterZero && token.kind === "digit";
        }
      } else if (token.value === WAN || token.value === YI) {
        if (pending) {
          section += pending.value;
        }
        if (!previous) {
          section = PART;
        }
        if (token.value === WAN) {
          if (seenWan || (section === 0n && !pending) || (yi && section >= WAN)) {
            refuse();
          }
          wan = section * 10000n;
          seenWan = true;
        } else {
          if (yi || (wan + section === 0n && !pending)) {
            refuse();
          }
          yi = (wan + section) * 100000000n;
          wan = 0n;
          seenWan = false;
        }
        section = 0n;
        pending = null;
        lastSmall = null;
        afterZero = false;
      } else {
        if ((lastSmall !== null && token.value >= lastSmall) || (!pending && previous)) {
          refuse();
        }
        section += ((pending ? pending.value : PART) * token.value) / PART;
        lastSmall = token.value;
        pending = null;
        afterZero = false;
      }
      previous = token;
    }
    if (pending) {
      const before = tokens[tokens.indexOf(pending) - 1];
      const single = pending.kind === "digit" || pending.value < 10n * PART;
      if (before && before.kind === "scale" && before.value > 10n * PART && single) {
        refuse();
      }
      section += pending.value;
    } else if (afterZero) {
      refuse();
    }
    const total = yi + wan + section;
    if ((yi && wan + section >= YI) || (seenWan && section >= WAN) || total >= CEILING) {
      refuse();
    }
    return total;
  }

  function evaluatePositions(tokens) {
    const digits = tokens.map((token) => token.value / PART).join("");
    if ((!digits.includes("0") && digits.length < 3) || digits[0] === "0" || digits.length > 15) {
      refuse();
    }
    return BigInt(digits) * PART;
  }

  // The words of a query; a word that is a number has its value too.
  function readQuery(query) {
    const joined = fold(query).replace(
      /([0-9][0-9,.]*) *(thousand|million|billion|trillion)\b/g,
      (whole, digits, scale) => {
        const value = readValue(digits);
        return value === null ? whole : writeValue(value * ENGLISH[scale]);
      },
    );
    return joined.split(/[\s、，;；]+/).filter(Boolean).map((word) => {
      const bare = word
        .replace(/^(?:大约|约|近|逾|超过|突破|不低于|至少|达|人民币|rmb|[¥￥])+/, "")
        .replace(/(?:人民币|元|yuan|左右|以上|余)+$/, "");
      return { word, value: bare ? readNumber(bare) : null };
    });
  }

  // Where the words of a query stand in a text: pairs of start and end, or null.
  function findWord(term, folded, numbers) {
    const said = numbers.filter(([value]) => value === term.value);
    const spans = said.map(([, wording]) => {
      const start = folded.indexOf(fold(wording));
      return [start, start + wording.length];
    });
    let start = folded.indexOf(term.word);
    while (start >= 0) {
      const end = start + term.word.length;
      const split =
        (/^[0-9]/.test(term.word) && /[0-9.,]$/.test(folded.slice(0, start))) ||
        (/[0-9]$/.test(term.word) && /^[.,]?[0-9]/.test(folded.slice(end)));
      if (!split) {
        spans.push([start, end]);
      }
      start = folded.indexOf(term.word, end);
    }
    return spans.filter(([from]) => from >= 0);
  }

  function find(index, query) {
    const terms = readQuery(query);
    if (terms.length === 0) {
      return [];
    }
    const heads = index.pages.map(([, title, names]) => fold(`${title} ${names}`));
    const first = new Set();
    const found = [];
    const passages = index.pages.flatMap(([, , , own], page) => own.map((passage) => [page, ...passage]));
    for (const [page, anchor, text, numbers] of passages) {
      const isFirst = !first.has(page);
      first.add(page);
      const folded = fold(text);
      const spans = terms.map((term) => findWord(term, folded, numbers));
      const inHead = terms.map((term) => heads[page].includes(term.word));
      if (!terms.every((_, at) => spans[at].length || inHead[at])) {
        continue;
      }
      // A word of the title alone leads to the page, not to each of its passages.
      if (isFirst || spans.some((list) => list.length)) {
        const hits = spans.filter((list) => list.length).length;
        found.push({ page, anchor, text, spans: spans.flat(), score: hits * 2 + inHead.filter(Boolean).length });
      }
    }
    const best = new Map();
    for (const hit of found) {
      best.set(hit.page, Math.max(best.get(hit.page) ?? 0, hit.score));
    }
    return found.sort((a, b) => best.get(b.page) - best.get(a.page) || a.page - b.page || b.score - a.score);
  }

  window.casebookSearch = { readNumber, find };

  const form = document.querySelector(".search__form");
  const field = document.querySelector(".search__field");
  const status = document.querySelector(".search__status");
  const results = document.querySelector(".search__results");
  const browse = document.querySelector(".search__browse");
  if (!form) {
    return;
  }

  let asked = null;
  function loadIndex() {
    asked ??= new Promise((done, fail) => {
      const script = document.createElement("script");
      script.src = new URL("index.js", location.href).href;
      script.onload = () => done(window.casebookIndex);
      script.onerror = fail;
      document.head.append(script);
    });
    return asked;
  }

  function mark(element, text, spans) {
    let at = 0;
    for (const [start, end] of [...spans].sort((a, b) => a[0] - b[0])) {
      if (start >= at) {
        element.append(text.slice(at, start));
        const hit = document.createElement("mark");
        hit.textContent = text.slice(start, end);
        element.append(hit);
        at = end;
      }
    }
    element.append(text.slice(at));
  }

  function addressOf(index, hit) {
    const file = location.protocol === "file:" ? "index.html" : "";
    return `../${index.pages[hit.page][0]}${file}${hit.anchor ? `#${hit.anchor}` : ""}`;
  }

  function showResults(index, query) {
    const found = find(index, query);
    const shown = found.slice(0, MOST_PLACES);
    const pages = new Map();
    for (const hit of shown) {
      pages.set(hit.page, [...(pages.get(hit.page) ?? []), hit]);
    }
    results.replaceChildren(
      ...[...pages.values()].map((hits) => {
        const entry = document.createElement("li");
        entry.className = "search__page";
        const title = document.createElement("p");
        title.className = "search__title";
        title.textContent = index.pages[hits[0].page][1];
        const list = document.createElement("ul");
        for (const hit of hits) {
          const item = document.createElement("li");
          const link = document.createElement("a");
          link.className = "search__hit";
          link.href = addressOf(index, hit);
          mark(link, hit.text, hit.spans);
          item.append(link);
          list.append(item);
        }
        entry.append(title, list);
        return entry;
      }),
    );
    browse.hidden = Boolean(query.trim());
    if (!query.trim()) {
      status.textContent = "";
    } else if (found.length === 0) {
      status.textContent = status.dataset.none;
    } else {
      const count = new Set(found.map((hit) => hit.page)).size;
      status.textContent =
        status.dataset.some.replace("%d", found.length).replace("%d", count) +
        (found.length > shown.length ? status.dataset.more.replace("%d", shown.length) : "");
    }
  }

  async function search() {
    const query = field.value;
    try {
      const index = await loadIndex();
      if (query === field.value) {
        showResults(index, query);
      }
    } catch {
      status.textContent = status.dataset.failed;
    }
  }

  function keepQuery() {
    const query = field.value.trim();
    const kept = query ? `#${new URLSearchParams({ q: query })}` : location.pathname;
    history.replaceState(null, "", kept);
  }

  function readAddress() {
    const query = new URLSearchParams(location.hash.slice(1)).get("q");
    if (query !== null && query !== field.value) {
      field.value = query;
      search();
    }
  }

  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    keepQuery();
    search();
  });
  field.addEventListener("focus", () => loadIndex().catch(() => {}), { once: true });
  // While an input method is composing, the letters typed are not yet the word.
  field.addEventListener("input", (event) => {
    if (!event.isComposing) {
      search();
    }
  });
  field.addEventListener("compositionend", search);
  field.addEventListener("change", keepQuery);
  document.addEventListener("keydown", (event) => {
    const links = [...results.querySelectorAll("a")];
    const at = links.indexOf(document.activeElement);
    const inside = at >= 0 || document.activeElement === field;
    if (inside && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      const next = at + (event.key === "ArrowDown" ? 1 : -1);
      if (next < links.length && (at >= 0 || next >= 0)) {
        event.preventDefault();
        (next < 0 ? field : links[next]).focus();
      }
    }
  });
  addEventListener("hashchange", readAddress);
  readAddress();
})();
