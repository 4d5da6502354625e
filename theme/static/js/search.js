// Searches the index of the site, which is loaded as a classic script when the field is first
// used, so that it also works from a folder. Chinese matches by containment; a number matches in
// any notation.
(() => {
  const MOST_PLACES = 60;
  const LONGEST_NUMBER = 80;
  // Values are integers in units of 1/PART, because no fraction in a record is finer.
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

  // One character becomes one character, so that positions in both texts are the same.
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

  // The value of a bare number in any notation, in plain digits, or null for other text; reads
  // numbers in the same way as the generator.
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
        // Other characters, such as 余 and 多, end the number.
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

  // The value of a numeral, whose scales must decrease from left to right.
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
          refuseLastDigit(tokens, pending);
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
      refuseLastDigit(tokens, pending);
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

  // 一万五 and 一百二万 mean one number in speech and another one by their digits.
  function refuseLastDigit(tokens, last) {
    const before = tokens[tokens.indexOf(last) - 1];
    const single = last.kind === "digit" || last.value < 10n * PART;
    if (before && before.kind === "scale" && before.value > 10n * PART && single) {
      refuse();
    }
  }

  function evaluatePositions(tokens) {
    const digits = tokens.map((token) => token.value / PART).join("");
    if ((!digits.includes("0") && digits.length < 3) || digits[0] === "0" || digits.length > 15) {
      refuse();
    }
    return BigInt(digits) * PART;
  }

  // Words of questions, which are not searched for.
  const ASKING = /多少钱|多少|为什么|什么|怎么样|怎么|哪些|哪个|谁在|有没有|吗$/g;
  const SMALL = new Set("a an and are at by did do does for from how in is it many much of on or the to was were what when where which who why with".split(" "));

  // The words of a query; a word that is a number also has its value. Its `others` are its stem
  // and synonyms; `known` are the words at which Chinese without spaces is cut.
  function readQuery(query, { groups = [], known = [] } = {}) {
    let joined = fold(query).replace(
      /([0-9][0-9,.]*) *(thousand|million|billion|trillion)\b/g,
      (whole, digits, scale) => {
        const value = readValue(digits);
        return value === null ? whole : writeValue(value * ENGLISH[scale]);
      },
    );
    // A known name of several words stays one word.
    for (const phrase of known) {
      if (phrase.includes(" ") && joined.includes(phrase)) {
        const [before, plain] = ["(?<![a-z])", phrase.replace(/[^\p{L}\p{N} ]/gu, "\\$&")];
        joined = joined.replace(new RegExp(`${before}${plain}s?(?![a-z])`, "gu"), phrase.replaceAll(" ", "_"));
      }
    }
    const words = joined.replace(ASKING, " ").split(/[\s、，。？；;?!]+/).flatMap((word) => cutChinese(word, known)).filter(Boolean);
    const telling = words.filter((word) => !SMALL.has(word));
    return (telling.length ? telling : words).map((written) => {
      const word = written.replaceAll("_", " ");
      const bare = word
        .replace(/^(?:大约|约|近|逾|超过|突破|不低于|至少|达|人民币|rmb|[¥￥])+/, "")
        .replace(/(?:人民币|元|yuan|左右|以上|余)+$/, "");
      const same = groups.filter((group) => group.some((one) => one === word || stem(one) === stem(word)));
      const others = [...new Set([stem(word), ...same.flat()])].filter((one) => one !== word);
      const year = /^((?:19|20)[0-9]{2})年?$/.exec(word);
      return { word, others, year: year ? Number(year[1]) : null, value: bare ? readNumber(bare) : null };
    });
  }

  // Cuts a word such as 西河社会组织 at the known words in it.
  function cutChinese(word, known) {
    const inside = known.find((one) => one.length > 1 && one !== word && /[^\x00-\x7f]/.test(one) && word.includes(one));
    if (!inside || /[0-9零一二三四五六七八九十百千万亿]/.test(word)) {
      return [word];
    }
    const at = word.indexOf(inside);
    return [...cutChinese(word.slice(0, at), known), inside, ...cutChinese(word.slice(at + inside.length), known)];
  }

  // An English word without its ending, so that dancing finds dance, and workers finds worker.
  function stem(word) {
    if (!/^[a-z]{5,}$/.test(word)) {
      return word;
    }
    const short = word.replace(/(?:ies|ing|ers|er|ed|es|s|y|e)$/, "");
    return short.length < 3 ? word : short.replace(/([bdgmnprt])\1$/, "$1");
  }

  // The places of a word of a query in a text, as pairs of start and end.
  function findWord(term, folded, numbers) {
    const said = numbers.filter(([value]) => value === term.value);
    const spans = said.map(([, wording]) => {
      const start = folded.indexOf(fold(wording));
      return [start, start + wording.length];
    });
    for (const word of [term.word, ...term.others]) {
      let start = folded.indexOf(word);
      while (start >= 0) {
        const end = start + word.length;
        const rest = folded.slice(end);
        const split =
          (/^[0-9]/.test(word) && /[0-9.,]$/.test(folded.slice(0, start))) ||
          (/[0-9]$/.test(word) && /^[.,]?[0-9]/.test(rest)) ||
          (/^[a-z]/.test(word) && /[a-z]$/.test(folded.slice(0, start))) ||
          // The year in the date of a report is not the year of its content.
          (term.year && (/^年?[0-9]{1,2}月[0-9]{1,2}日/.test(rest) || /[0-9] [a-z]+ $/.test(folded.slice(0, start))));
        if (!split) {
          spans.push([start, end]);
        }
        start = folded.indexOf(word, end);
      }
    }
    return spans.filter(([from]) => from >= 0);
  }

  // The index prepared for searching, made once.
  const READY = new WeakMap();
  function prepare(index) {
    if (!READY.has(index)) {
      const groups = (index.same ?? []).map((group) => group.map(fold));
      const places = index.pages.flatMap(([, , names]) => fold(names).split(" ").filter((name) => name.length > 1));
      const known = [...new Set([...groups.flat(), ...places])].sort((a, b) => b.length - a.length);
      const heads = index.pages.map(([, title, names]) => fold(`${title} ${names}`));
      const passages = index.pages.flatMap(([, , , own], page) =>
        own.map(([anchor, text, numbers = [], also = "", years = null], at) => ({
          page, anchor, text, numbers, years, isFirst: at === 0, folded: fold(text), also: fold(also),
        })),
      );
      READY.set(index, { groups, known, heads, passages });
    }
    return READY.get(index);
  }

  // The passages that have all words of a query; if none has all, those with the most words.
  function find(index, query) {
    const { groups, known, heads, passages } = prepare(index);
    const terms = readQuery(query, { groups, known });
    if (terms.length === 0) {
      return [];
    }
    const found = [];
    for (const passage of passages) {
      const spans = terms.map((term) => findWord(term, passage.folded, passage.numbers));
      const inText = terms.map((term, at) => {
        if (term.year && passage.years) {
          return passage.years[0] <= term.year && term.year <= passage.years[1];
        }
        return spans[at].length > 0 || findWord(term, passage.also, []).length > 0;
      });
      const inHead = terms.map((term) => findWord(term, heads[passage.page], []).length > 0);
      const held = terms.filter((_, at) => inText[at] || inHead[at]).length;
      const hits = inText.filter(Boolean).length;
      // If only the title matches, list the first passage, not every passage of the page.
      if (held && (passage.isFirst || hits)) {
        found.push({ ...passage, spans: spans.flat(), held, score: hits * 2 + inHead.filter(Boolean).length });
      }
    }
    const most = Math.max(0, ...found.map((hit) => hit.held));
    // At least half of the words, otherwise results have little to do with the query.
    const listed = found.filter((hit) => hit.held === most && most * 2 >= terms.length);
    const best = new Map();
    for (const hit of listed) {
      best.set(hit.page, Math.max(best.get(hit.page) ?? 0, hit.score));
    }
    for (const hit of listed) {
      hit.whole = most === terms.length;
    }
    // Charts come last, because they repeat the records.
    const isChart = (hit) => index.pages[hit.page][0].startsWith("charts/");
    return listed.sort((a, b) => isChart(a) - isChart(b) || best.get(b.page) - best.get(a.page) || a.page - b.page || b.score - a.score);
  }

  window.casebookSearch = { readNumber, find };

  const form = document.querySelector(".search__form");
  const field = document.querySelector(".search__field");
  const status = document.querySelector(".search__status");
  const results = document.querySelector(".search__results");
  const browse = document.querySelector(".search__browse");
  const years = document.querySelector(".search__years");
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

  // Offers the years of the results as a choice, and returns the results of the chosen year.
  function offerYears(found) {
    const chosen = years.value;
    const counts = new Map();
    for (const hit of found) {
      for (let year = hit.years?.[0]; year <= hit.years?.[1]; year += 1) {
        counts.set(year, (counts.get(year) ?? 0) + 1);
      }
    }
    const options = [...counts].sort(([a], [b]) => a - b).map(([year, count]) => new Option(`${year} (${count})`, year));
    years.replaceChildren(years.options[0], ...options);
    years.value = counts.has(Number(chosen)) ? chosen : "";
    years.parentElement.hidden = counts.size === 0;
    return years.value ? found.filter((hit) => hit.years && hit.years[0] <= years.value && years.value <= hit.years[1]) : found;
  }

  function countFound(found, shown) {
    const words = status.dataset;
    if (found.length === 0) {
      return words.none;
    }
    const pages = new Set(found.map((hit) => hit.page)).size;
    const counted = found.length === 1 ? words.one : (pages === 1 ? words.page : words.some).replace("%d", found.length).replace("%d", pages);
    return (found[0].whole ? "" : words.part) + counted + (found.length > shown.length ? words.more.replace("%d", shown.length) : "");
  }

  function showResults(index, query) {
    const found = offerYears(find(index, query));
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
    // Without results, show links to browse.
    browse.hidden = found.length > 0;
    status.textContent = query.trim() ? countFound(found, shown) : "";
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
    const words = location.hash.length > 1 ? location.hash : location.search;
    const query = new URLSearchParams(words.slice(1)).get("q");
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
  // While an input method is composing, the typed letters are not yet the word.
  field.addEventListener("input", (event) => {
    if (!event.isComposing) {
      search();
    }
  });
  field.addEventListener("compositionend", search);
  field.addEventListener("change", keepQuery);
  years.addEventListener("change", search);
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
