// The faults in the layout of a page: a list of texts, empty if there are none.
() => {
  const found = [];
  const width = document.documentElement.clientWidth;
  const name = (part) => {
    const words = part.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `${part.tagName.toLowerCase()}.${part.getAttribute("class") || ""} “${words}”`;
  };
  const needed = document.documentElement.scrollWidth;
  if (needed > width) found.push(`scrolls sideways: ${needed} px`);

  // Lines of text, each with the box that its letters fill, without text hidden from all readers.
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    const part = text.parentElement;
    if (!text.data.trim() || !part.checkVisibility({ visibilityProperty: true })) continue;
    if (part.closest("script, style, title, noscript, option, [inert], .visually-hidden")) continue;
    const drawing = part.closest("svg");
    const scale = drawing ? drawing.getBoundingClientRect().width / drawing.viewBox.baseVal.width : 1;
    const size = parseFloat(getComputedStyle(part).fontSize) * scale;
    if (size < 12) found.push(`${size.toFixed(1)} px: ${name(part)}`);
    const range = document.createRange();
    range.selectNodeContents(text);
    for (const box of drawing ? [part.getBoundingClientRect()] : range.getClientRects()) {
      if (box.width < 1) continue;
      // A box reaches from ascender to descender, where lines may touch, so only its middle counts.
      const middle = (box.top + box.bottom) / 2;
      const half = Math.min(box.height, size) * 0.4;
      lines.push({ part, drawing, left: box.left + 1, right: box.right - 1, top: middle - half, bottom: middle + half });
    }
  }
  const outside = (part) => {
    for (let box = part; box && box !== document.body; box = box.parentElement) {
      if (["auto", "scroll"].includes(getComputedStyle(box).overflowX)) return false;
    }
    return true;
  };
  for (const line of lines) {
    const frame = line.drawing && line.drawing.getBoundingClientRect();
    if (frame && (line.left < frame.left - 2 || line.right > frame.right + 2
      || line.top < frame.top - 2 || line.bottom > frame.bottom + 2)) {
      found.push(`outside of its drawing: ${name(line.part)}`);
    } else if ((line.left < -1 || line.right > width + 1) && outside(line.part)) {
      found.push(`outside of the page: ${name(line.part)}`);
    }
  }
  lines.sort((one, other) => one.top - other.top);
  lines.forEach((line, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < line.bottom - 1; next += 1) {
      const other = lines[next];
      if (other.part !== line.part && other.left < line.right - 1 && line.left < other.right - 1) {
        found.push(`one upon the other: ${name(line.part)} and ${name(other.part)}`);
      }
    }
  });

  for (const part of document.querySelectorAll("main :is(h1, h2, h3, p, li, th, dt, dd, a, section, figure, caption, button)")) {
    if (part.checkVisibility() && !part.textContent.trim() && !part.querySelector("img, svg")) {
      if (!part.closest(".search__results, [role=status]") && !part.matches("[role=status], .chart__said")) found.push(`empty: ${name(part)}`);
    }
  }
  for (const part of document.querySelectorAll("main *")) {
    const look = getComputedStyle(part);
    const hides = [look.overflowX, look.overflowY].some((way) => ["hidden", "clip"].includes(way));
    if (!hides || !part.checkVisibility() || part.closest("svg, [inert], .visually-hidden")) continue;
    if (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1) {
      found.push(`cut off: ${name(part)}`);
    }
  }
  return [...new Set(found)];
}
