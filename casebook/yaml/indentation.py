"""Lines of YAML text by their indentation: neighbours, headings, blocks and possible levels."""

from __future__ import annotations

import re

from casebook.yaml.fixes import COLONS


class IndentedLines:
    """The lines of a text; a line is known by its number, counted from one, and 0 is no line."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines

    def open_levels(self, number: int) -> dict[int, int]:
        """The indentations that a line could have, each with the nearest line that has it."""
        levels: dict[int, int] = {}
        is_item = self.lines[number - 1].lstrip().startswith("- ")
        for above in range(number - 1, max(0, number - 200), -1):
            text = self.lines[above - 1]
            start = re.match(r"[ ]*(?:-[ ]+)*", text) if has_text(text) else None
            if start is not None:
                # An item aligns with dashes above, a field with the fields behind the dashes.
                for level in sorted((indent_of_line(text), start.end()), reverse=not is_item):
                    levels.setdefault(level, above)
        for below in range(number + 1, min(len(self.lines), number + 20)):
            text = self.lines[below - 1]
            if text.strip():
                levels.setdefault(indent_of_line(text), below)
        return levels

    def rank_indent(self, number: int, line: str) -> int:
        """The rank of a line's indentation by that of its neighbours, 0 for the best fit."""
        own = indent_of_line(line)
        above, below = self.line_above(number), self.line_below(number)
        before = self.indent_of(above)
        after = self.indent_of(below)
        if line.rstrip().endswith(":"):
            # Lines that belong to a heading are indented further.
            return 2 if own >= after or own > before else int(own != before)
        if above and self.lines[above - 1].rstrip().endswith(":"):
            return 0 if own == after > before else 1 if own > before else 2
        return int(own != before)

    def level_of(self, number: int) -> int:
        """The offset at which the field of a line begins, after the dash of its item."""
        found = re.match(r"[ ]*(?:-[ ]+)*", self.lines[number - 1])
        return found.end() if found else 0

    def names_above(self, number: int, level: int) -> set[str]:
        """The fields of a level from a line upwards, as far as their group goes."""
        names = set()
        while number and self.level_of(number) >= level:
            if self.level_of(number) == level:
                names.add(name_of_field(self.lines[number - 1]))
            if self.indent_of(number) < level:
                break
            number = self.line_above(number)
        return names

    def names_below(self, number: int, level: int) -> set[str]:
        """The fields of a level from a line downwards, as far as their group goes."""
        lines = self.lines[number - 1 : self.end_of(number, level)]
        return {name_of_field(line) for line in lines if indent_of_line(line) == level}

    def may_go_on(self, number: int) -> bool:
        """True if a line may be the end of the text above that lost its indentation."""
        above = self.line_above(number)
        line = self.lines[number - 1]
        return (
            above > 0
            and indent_of_line(line) < self.indent_of(above)
            and not re.search(f"[:{COLONS}]", line)
            and not self.is_text_below(self.heading_of(above))
        )

    def has_hanging(self, number: int) -> bool:
        """True if the next line with text is indented further, or starts an item."""
        own = self.indent_of(number)
        below = self.line_below(number)
        line = self.lines[below - 1] if below else ""
        return indent_of_line(line) > own or (
            indent_of_line(line) == own and line.lstrip().startswith("- ")
        )

    def is_text_below(self, heading: int) -> bool:
        """True if a line has a block of text below it."""
        return bool(heading) and self.lines[heading - 1].rstrip(" +-").endswith(("|", ">"))

    def indent_of(self, number: int) -> int:
        """The number of spaces before a line."""
        return indent_of_line(self.lines[number - 1]) if number else 0

    def line_above(self, number: int) -> int:
        """The nearest line above with text in it, or 0."""
        return next((n for n in range(number - 1, 0, -1) if has_text(self.lines[n - 1])), 0)

    def line_below(self, number: int) -> int:
        """The nearest line below with text in it, or 0."""
        below = range(number + 1, len(self.lines) + 1)
        return next((n for n in below if has_text(self.lines[n - 1])), 0)

    def heading_of(self, number: int) -> int:
        """The nearest line above that is indented less, or 0."""
        own, above = self.indent_of(number), self.line_above(number)
        while above and self.indent_of(above) >= own:
            above = self.line_above(above)
        return above

    def end_of(self, number: int, least: int) -> int:
        """The last of the lines below that are blank or indented by `least` or more."""
        below = enumerate(self.lines[number:], number)
        return next(
            (n for n, line in below if line.strip() and indent_of_line(line) < least),
            len(self.lines),
        )


def has_text(line: str) -> bool:
    """True if a line is neither blank nor a comment."""
    start = line.strip()[:1]
    return bool(start) and start != "#"


def opens(line: str) -> bool:
    """True if a line is a name with nothing after its colon."""
    return re.search(r":[ ]*(?:(?<=[ ])#.*)?$", line) is not None


def name_of_field(line: str) -> str:
    """The name of the field in a line, after the dash of its item."""
    return line.strip().removeprefix("- ").partition(":")[0].strip()


def indent_of_line(line: str) -> int:
    """The number of spaces before a text."""
    return len(line) - len(line.lstrip(" "))


def shift_line(line: str, by: int) -> str:
    """A line with more spaces before it, or fewer if `by` is negative."""
    if by >= 0:
        return " " * by + line if line.strip() else line
    return line[min(-by, indent_of_line(line)) :]
