// Validates every page of a folder in one process and prints the faults as JSON.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { HtmlValidate, StaticConfigLoader } from "html-validate";

const folder = process.argv[2];
const validator = new HtmlValidate(
  new StaticConfigLoader({
    root: true,
    extends: ["html-validate:recommended"],
    rules: {
      // On a phone tables are laid out as cards. Browsers then no longer treat them as tables, and
      // screen readers know them only by the roles that this rule calls redundant.
      "no-redundant-role": "off",
    },
  }),
);

let pages = 0;
const found = [];
for (const name of readdirSync(folder, { recursive: true }).sort()) {
  if (name.endsWith(".html")) {
    const path = join(folder, name);
    const report = validator.validateStringSync(readFileSync(path, "utf8"), path);
    pages += 1;
    for (const message of report.results.flatMap((result) => result.messages)) {
      const place = `${relative(folder, path)}:${message.line}:${message.column}`;
      found.push(`${place}: ${message.ruleId}: ${message.message}`);
    }
  }
}
console.log(JSON.stringify({ pages, found }));
