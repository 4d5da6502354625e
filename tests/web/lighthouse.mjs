// Judges pages as a phone on a slow line; prints the score of each category and failed audits.
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [browser, ...addresses] = process.argv.slice(2);
// Other programs slow a browser down, so the best of several tries counts.
const TRIES = 3;

const chrome = await launch({
  chromePath: browser,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic"],
});
const scores = {};
try {
  for (const address of addresses) {
    let best = null;
    for (let number = 0; number < TRIES && !(best?.least >= 100); number += 1) {
      const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: "error" });
      const categories = Object.values(lhr.categories);
      const points = categories.map(({ id, score }) => [id, Math.round(score * 100)]);
      const short = categories.flatMap(({ auditRefs }) =>
        auditRefs
          .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 1)
          .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? ""}`.trim()),
      );
      const least = Math.min(...points.map(([, score]) => score));
      if (best === null || least > best.least) {
        best = { least, points: Object.fromEntries(points), short };
      }
    }
    scores[address] = best;
  }
} finally {
  await chrome.kill();
}
console.log(JSON.stringify(scores));
