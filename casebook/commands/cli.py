"""The commands: their arguments, what they print, and their exit status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from casebook.commands.waiting import show_waiting
from casebook.language import choose_language
from casebook.problems import CasebookError, ContentError, Exit, Problem
from casebook.report import clean_line, print_problems
from casebook.text import Lang

if TYPE_CHECKING:
    from datetime import date

    from casebook.build.last_build import Look, Record
    from casebook.build.timings import Timings
    from casebook.data.merge import OnDifference

PROJECT = Path(__file__).resolve().parents[2]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit status; nothing an editor can cause shows a traceback."""
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page must not stop a build over one character.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        options = parse_arguments(list(sys.argv[1:] if argv is None else argv))
    except SystemExit as stop:
        return int(stop.code or 0)
    lang = choose_language(options.lang)
    project = Path(options.project).resolve()
    try:
        return int(options.run(options, project, lang))
    except ContentError as error:
        print_problems(error.problems, lang, project, sys.stderr)
        print(_unchanged(lang), file=sys.stderr)
        return Exit.CONTENT
    except CasebookError as error:
        print(error.message(lang), file=sys.stderr)
        return error.exit_status
    except OSError as error:
        name = error.filename or ""
        print(f"{name}: {error.strerror or error}", file=sys.stderr)
        print(_unchanged(lang), file=sys.stderr)
        return Exit.MACHINE
    except KeyboardInterrupt:
        print(_unchanged(lang), file=sys.stderr)
        return Exit.INTERRUPTED
    except Exception as error:
        report = _save_report(error)
        zh = f"程序自身出错（{type(error).__name__}），报告存于 {report}"
        en = f"a fault of the program ({type(error).__name__}), the report is in {report}"
        print(zh if lang == "zh" else en, file=sys.stderr)
        return Exit.FAULT


def parse_arguments(arguments: list[str]) -> argparse.Namespace:
    """The options of the command that is asked for; `build` where none is named."""
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument("--lang", choices=("zh", "en"), help="language of the messages")
    common.add_argument("--project", default=str(PROJECT), help=argparse.SUPPRESS)
    # Options of every command may stand before its name as well as behind it.
    options, rest = common.parse_known_args(arguments)
    if not rest or (rest[0].startswith("-") and rest[0] not in ("-h", "--help")):
        rest.insert(0, "build")
    asked = make_parser(common).parse_args(rest)
    return argparse.Namespace(**(vars(asked) | vars(options)), arguments=arguments)


def make_parser(common: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The parser of the command line; each command stores the function that runs it."""
    parser = argparse.ArgumentParser(prog="build.py", description="Casebook")
    commands = parser.add_subparsers(dest="command", required=True)

    build = commands.add_parser("build", help="build the site", parents=[common])
    build.add_argument("--output", default="output", help="folder of the site (default: output)")
    build.add_argument("--siteurl", default=None, help="public address of the site")
    build.add_argument("--jobs", type=_count, default=None, help="processes that work at once")
    build.add_argument(
        "--executor",
        default="processes",
        metavar="none|processes|dask://HOST:PORT",
        help="where the work is done (default: processes of this machine)",
    )
    build.add_argument("--no-cache", action="store_true", help="draw everything anew")
    build.add_argument("--timings", action="store_true", help="tell where the time went")
    build.add_argument("--quiet", action="store_true", help="print problems only")
    build.set_defaults(run=run_build)

    check = commands.add_parser("check", help="check the records", parents=[common])
    check.add_argument("files", nargs="*", metavar="FILE", help="only these files")
    check.add_argument("--format", choices=("text", "json", "github"), default="text")
    check.add_argument("--fix", action="store_true", help="make the safe repairs, keep a copy")
    check.add_argument("--explain", action="store_true", help="tell what amounts and dates became")
    check.add_argument(
        "--since", metavar="REV|MANIFEST", help="tell what changed figures touch since then"
    )
    check.set_defaults(run=run_check)

    serve = commands.add_parser("serve", help="preview in the browser", parents=[common])
    serve.add_argument(
        "--port", type=_port, default=None, help="port (default: first free, 8000 on)"
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.set_defaults(run=run_serve)

    new = commands.add_parser("new", help="start a case file", parents=[common])
    new.add_argument("slug", nargs="?", metavar="SLUG", help="name of the file and of the page")
    new.add_argument("--region", metavar="CODE", help="code of GB/T 2260, or the place's name")
    new.set_defaults(run=run_new)

    take = commands.add_parser("import", help="take figures from a table", parents=[common])
    take.add_argument("file", metavar="FILE", help="CSV in the open data's columns, or OCDS JSON")
    differing = take.add_mutually_exclusive_group()
    differing.add_argument("--replace", action="store_true", help="where they differ, as the table")
    differing.add_argument("--keep", action="store_true", help="where they differ, as the record")
    take.add_argument(
        "--dry-run", action="store_true", help="show what would change, write nothing"
    )
    take.set_defaults(run=run_import)

    bench = commands.add_parser("bench", help="measure builds beside other programs")
    bench.add_argument("--sizes", metavar="N,N", help="numbers of cases (default: 10,100,1000)")
    bench.add_argument("--rounds", type=_count, metavar="N", help="rounds (default: 3)")
    bench.add_argument("--alone", action="store_true", help="without the other programs")
    bench.add_argument("--changes", metavar="NAME,NAME", help="only these, as the tables name them")
    bench.add_argument("--peers", metavar="NAME;NAME", help="only these, as the tables name them")
    bench.add_argument("--kills", type=_count, metavar="N", help="kill N builds of each instead")
    bench.set_defaults(run=run_bench)

    verify = commands.add_parser("verify", help="hold a site to its manifest", parents=[common])
    verify.add_argument(
        "place",
        nargs="?",
        default=None,
        metavar="DIR|URL",
        help="a folder, file:// or http://127.0.0.1:PORT/ (default: output)",
    )
    verify.add_argument(
        "--since", metavar="MANIFEST", help="list what to upload since this earlier manifest"
    )
    verify.set_defaults(run=run_verify)

    chart = commands.add_parser("chart", help="draw one chart into a file", parents=[common])
    chart.add_argument("name", metavar="NAME", help="name of the chart, as in its address")
    chart.add_argument("--out", required=True, metavar="FILE", help="ends in .svg, .png or .pdf")
    chart.set_defaults(run=run_chart)

    release = commands.add_parser("release", help="freeze a version of the data", parents=[common])
    release.add_argument(
        "--date", type=_day, default=None, metavar="YYYY-MM-DD", help="its date (default: today)"
    )
    release.set_defaults(run=run_release)

    record = commands.add_parser("record", help="write down what is published", parents=[common])
    record.add_argument(
        "--in-step",
        nargs="+",
        default=(),
        metavar="FILE",
        help="files whose English says what the Chinese says, although only the Chinese changed",
    )
    record.set_defaults(run=run_record)

    schema = commands.add_parser("schema", help="write data/case.schema.json", parents=[common])
    schema.set_defaults(run=run_schema)
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError("a number from 1 to 256")
    return int(text)


def _day(text: str) -> date:
    # A build with nothing to do must not pay for this import.
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day, as 2026-11-25") from None


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a number from 0 to 65535")
    return int(text)


def run_build(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Build the site and say where it is."""
    from casebook.build.last_build import (
        Look,
        describe_command,
        find_last_build,
        list_packages,
        print_build,
        write_record,
    )

    scheduler = find_scheduler(options.executor)
    output = Path(options.output)
    if not output.is_absolute():
        output = project / output if options.output == "output" else Path.cwd() / output
    timings = find_timings(options.timings)
    timings.begin("look")
    look = Look(str(project), str(output), options.siteurl, list_packages())
    last = None if options.no_cache else find_last_build(look)
    is_plain = not (options.no_cache or options.timings)
    asked = {
        "command": describe_command(options.arguments) if is_plain else "",
        "quiet": "yes" if options.quiet else "",
        "lang": options.lang or "",
    }
    if last is None:
        last = _build(options, look, scheduler, timings, asked)
    elif asked.items() - last.items():
        write_record(look.project, last | asked)
    for line in timings.describe(lang) if options.timings else ():
        print(line, file=sys.stderr)
    print_build(last, lang, options.quiet)
    return Exit.DONE


def find_timings(is_asked: bool) -> Timings:
    """A recorder of where the time of a build goes, or one that records nothing."""
    from casebook.build.timings import UNTIMED, Timings

    return Timings() if is_asked else UNTIMED


def find_scheduler(executor: str) -> str:
    """HOST:PORT of the scheduler that an executor names, empty for this machine."""
    if executor in ("none", "processes"):
        return ""
    from casebook.build.cluster import parse_address

    return parse_address(executor)


def _build(
    options: argparse.Namespace, look: Look, scheduler: str, timings: Timings, asked: Record
) -> Record:
    """Build what was looked at, and keep what was made from it."""
    timings.begin("imports")
    # Only now: where nothing changed, nobody pays for these imports.
    from casebook.build.last_build import record_build
    from casebook.build.steps import BuildOptions, build_site

    build = BuildOptions(
        project=Path(look.project),
        output=Path(look.output),
        siteurl=options.siteurl,
        jobs=1 if options.executor == "none" else options.jobs or os.cpu_count() or 1,
        scheduler=scheduler,
        timings=timings,
        use_cache=not options.no_cache,
    )
    zh, en = "正在生成网站……", "building the site ..."
    lang = choose_language(options.lang)
    words = "" if options.quiet else zh if lang == "zh" else en
    with show_waiting(words, sys.stderr, build.progress):
        result = build_site(build)
    return record_build(look, result, asked)


def run_bench(options: argparse.Namespace, _project: Path, _lang: Lang) -> int:
    """Measure builds of made-up cases beside the peers, in a process of their own."""
    import subprocess

    if options.kills:
        command = [sys.executable, "-m", "bench.kills", f"--count={options.kills}"]
        return subprocess.run(command, cwd=PROJECT, check=False).returncode
    command = [sys.executable, "-m", "bench.run"]
    command += [f"--sizes={options.sizes}"] if options.sizes else []
    command += [f"--rounds={options.rounds}"] if options.rounds else []
    command += ["--alone"] if options.alone else []
    command += [f"--changes={options.changes}"] if options.changes else []
    command += [f"--peers={options.peers}"] if options.peers else []
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


def run_check(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Check the records without building, and print every problem."""
    from casebook.build.steps import check_project
    from casebook.yaml.files import show_path

    wanted = [(Path.cwd() / name).resolve() for name in options.files]
    for path in wanted:
        if not path.exists():
            raise CasebookError(f"没有文件 {path}", f"there is no file {path}", Exit.USAGE)
    if options.fix:
        fix_files(wanted, project, lang)
    problems = check_project(project)
    problems += check_drafts(project, problems)
    shown = {show_path(path, project) for path in wanted}
    if shown:
        problems = [problem for problem in problems if problem.path in shown]
    if options.explain:
        explain_files(shown, project, lang)
    if options.since is not None:
        tell_impact(options.since, project, lang)
    failed = any(problem.severity == "error" for problem in problems)
    stream = sys.stdout if options.format == "json" else sys.stderr
    print_problems(problems, lang, project, stream, options.format)
    if not problems and options.format == "text":
        print("没有问题" if lang == "zh" else "no problems")
    return Exit.CONTENT if failed else Exit.DONE


def check_drafts(project: Path, known: Collection[Problem]) -> list[Problem]:
    """What is wrong with the drafts, which a build leaves out and an editor wants to finish."""
    from casebook.build.steps import load_checked
    from casebook.yaml.files import find_case_files

    with suppress(OSError):
        # Most projects have none, and then a second look at everything would be for nothing.
        if not any(b"draft" in path.read_bytes() for path in find_case_files(project)):
            return []
    _, problems = load_checked(project, drafts=True)
    return [problem for problem in problems if problem not in known]


def explain_files(shown: Collection[str], project: Path, lang: Lang) -> None:
    """Print what the amounts and dates became, of the named files or of all cases."""
    from casebook.build.reading import read_dataset
    from casebook.commands.explain import explain_case

    dataset, _ = read_dataset(project, drafts=True)
    for case in dataset.cases:
        if not shown or case.path in shown:
            print_lines(explain_case(case, dataset.vocabulary, lang))


def tell_impact(since: str, project: Path, lang: Lang) -> None:
    """Print which figures changed since an earlier state, and what shows them."""
    from casebook.build.reading import read_dataset
    from casebook.commands.impact import describe_impact, find_impact, read_earlier

    dataset, _ = read_dataset(project)
    print_lines(describe_impact(find_impact(project, dataset, read_earlier(project, since)), lang))


def fix_files(wanted: Sequence[Path], project: Path, lang: Lang) -> None:
    """Make the safe repairs of the files, or of all of data/, and show what they are."""
    from casebook.yaml.files import replace_file, show_path
    from casebook.yaml.fix import repair_text

    paths = wanted or sorted((project / "data").rglob("*.yaml"))
    for path in paths:
        if path.suffix != ".yaml" or path.is_symlink() or not path.is_file():
            continue
        repair = repair_text(path.read_bytes(), show_path(path, project))
        if repair is None:
            continue
        copy = replace_file(path, repair.before, repair.after)
        print_lines(repair.diff())
        kept = show_path(copy, project)
        zh = f"{repair.path}：改了 {repair.lines} 行，原来的存为 {kept}"
        en = f"{repair.path}: {repair.lines} lines mended, the file as it was is {kept}"
        print(zh if lang == "zh" else en)


def print_lines(lines: Iterable[str]) -> None:
    """Print lines that hold words of the records, without what could steer a terminal."""
    for line in lines:
        print(clean_line(line))


def run_serve(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Show the site in the browser, anew after every change."""
    from casebook.preview.server import run_preview

    return run_preview(project, options.host, options.port, lang)


def run_schema(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Write the JSON Schema of a case, which editors complete and explain fields by."""
    from casebook.record.json_schema import SCHEMA_FILE, write_schema
    from casebook.record.new_case import read_all_lists
    from casebook.yaml.files import write_atomically

    content = write_schema(read_all_lists(project))
    path = project / SCHEMA_FILE
    write_atomically(path, content)
    print(f"已写入 {SCHEMA_FILE}" if lang == "zh" else f"wrote {SCHEMA_FILE}")
    return Exit.DONE


def run_record(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Record addresses and translations of the site, where the project has no errors."""
    from casebook.build.steps import load_checked
    from casebook.checks.translations import ENGLISH
    from casebook.commands.record_published import record_addresses, record_translations
    from casebook.record.reader import LEDGER
    from casebook.yaml.files import show_path

    dataset, problems = load_checked(project)
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    new = record_addresses(project, dataset)
    zh, en = f"{LEDGER}：新增 {new} 个地址", f"{LEDGER}: {new} addresses are new"
    print(zh if lang == "zh" else en)
    named = {show_path((Path.cwd() / name).resolve(), project) for name in options.in_step}
    behind = record_translations(project, dataset, named)
    zh, en = (
        f"{ENGLISH}：{behind} 处英文比中文旧",
        f"{ENGLISH}: {behind} parts are behind in English",
    )
    print(zh if lang == "zh" else en)
    return Exit.DONE


def run_release(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Freeze the data as a version of their own, where the project has no errors."""
    from datetime import date

    from casebook.build.steps import check_released, load_checked
    from casebook.commands.record_published import record_addresses
    from casebook.data.releases import freeze_release
    from casebook.yaml.files import show_path

    dataset, problems = load_checked(project)
    problems += check_released(dataset, project)
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    day = options.date or date.today()
    folder = show_path(freeze_release(project, dataset, day), project)
    record_addresses(project, dataset)
    zh = f"已冻结 {len(dataset.cases)} 个案例：{folder}；下次构建发布在 /versions/{day}/"
    en = f"froze {len(dataset.cases)} cases in {folder}; the next build has them at "
    en += f"/versions/{day}/"
    print(zh if lang == "zh" else en)
    return Exit.DONE


def run_new(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Make a case file, asking for what was left out where somebody is there to answer."""
    from casebook.record.new_case import choose_region, create_case, propose_slug, read_all_lists

    slug, region = options.slug, options.region
    if not (slug and region):
        if not (sys.stdin and sys.stdin.isatty()):
            raise CasebookError(
                "要写英文名和地方，例如 build.py new suzhou --region 320000",
                "name the case and its place, as in build.py new suzhou --region 320000",
                Exit.USAGE,
            )
        if not region:
            region = _ask("哪里？写名称或行政区划代码", "Which place? Its name or code", "", lang)
        regions = read_all_lists(project).regions
        chosen = choose_region(region, regions)
        region = chosen.code
        if not slug:
            proposed = propose_slug(chosen, regions)
            slug = _ask("文件的英文名", "Name of the file", proposed, lang)
    made = create_case(project, slug, region, lang)
    shown = made.path.relative_to(project).as_posix()
    if lang == "zh":
        print(f"已新建 {shown}（{made.region.name.zh}，{made.region.code}）。接下来：")
        print("  1. 在 data/sources.yaml 里登记来源")
        print(f"  2. 用文本编辑器打开 {shown}，填好空白，删去不用的行")
        print(f"  3. python3 build.py check {shown}  逐条改好")
        print("  4. python3 build.py serve  在浏览器里边改边看")
    else:
        print(f"made {shown} ({made.region.name.inside('en')}, {made.region.code}). Next:")
        print("  1. list its sources in data/sources.yaml")
        print(f"  2. open {shown} in a text editor, fill in the blanks, delete unused lines")
        print(f"  3. python3 build.py check {shown}  and mend what it names")
        print("  4. python3 build.py serve  to see it in the browser as you write")
    return Exit.DONE


def run_import(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Take figures from a table, or cases from an OCDS release package, into the case files."""
    from casebook.checks.history import parse_published
    from casebook.data.import_plan import plan_import
    from casebook.data.import_table import MAX_BYTES
    from casebook.record.new_case import read_all_lists
    from casebook.yaml.files import read_bytes, replace_file, show_path, write_new_file

    path = (Path.cwd() / options.file).resolve()
    if not path.is_file():
        raise CasebookError(f"没有文件 {path}", f"there is no file {path}", Exit.USAGE)
    problems: list[Problem] = []
    data = read_bytes(path, path.parent, problems, MAX_BYTES)
    if problems:
        raise ContentError(problems)
    published: dict[str, frozenset[str]] = {}
    with suppress(OSError):
        site = (project / "output" / "data" / "figures.csv").read_bytes()
        for row in parse_published(site):
            published[row.case] = published.get(row.case, frozenset()) | {row.figure}
    on_difference: OnDifference = (
        "replace" if options.replace else "keep" if options.keep else "refuse"
    )
    plan = plan_import(
        data,
        show_path(path, project),
        project,
        read_all_lists(project),
        published,
        on_difference,
        lang,
    )
    if plan.warnings:
        print_problems(plan.warnings, lang, project, sys.stderr)
    for change in plan.changes:
        copy = None
        # A draft is best read in its own file.
        if options.dry_run or change.before is not None:
            print_lines(change.diff())
        if not options.dry_run and change.before is None:
            write_new_file(change.path, change.after)
        elif not options.dry_run and change.before is not None:
            copy = replace_file(change.path, change.before, change.after)
        print(clean_line(change.summary(lang)))
        if copy is not None:
            kept = show_path(copy, project)
            print(f"  原来的存为 {kept}" if lang == "zh" else f"  the file as it was is {kept}")
    for shown in plan.left_alone:
        zh, en = f"{shown} 已经存在，没有改动", f"{shown} exists and was left alone"
        print(clean_line(zh if lang == "zh" else en))
    if not plan.changes:
        print("没有要改的" if lang == "zh" else "nothing to change")
    elif options.dry_run:
        print("这是试运行，没有写任何文件" if lang == "zh" else "a dry run: nothing was written")
    else:
        zh = "接下来：python3 build.py check，逐条填好空白"
        print(zh if lang == "zh" else "Next: python3 build.py check, and fill in the blanks")
    return Exit.DONE


def _ask(zh: str, en: str, proposed: str, lang: Lang) -> str:
    """What a person types, or what is proposed where nothing is typed."""
    question = zh if lang == "zh" else en
    mark = "：" if lang == "zh" else ": "
    try:
        answer = input(f"{question}{f' [{proposed}]' if proposed else ''}{mark}").strip()
    except EOFError:
        answer = ""
    if not (answer or proposed):
        raise CasebookError("没有回答，没有新建文件", "no answer, no file was made", Exit.USAGE)
    return answer or proposed


def run_chart(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Draw one chart into a file, its words in the language that was asked for, else Chinese."""
    from casebook.build.drawings import draw_picture
    from casebook.build.steps import load_checked
    from casebook.charts.standalone import PICTURE_KINDS
    from casebook.yaml.files import write_atomically

    target = (Path.cwd() / options.out).resolve()
    if target.suffix not in PICTURE_KINDS:
        kinds = " ".join(PICTURE_KINDS)
        zh, en = f"--out 的文件名要以 {kinds} 之一结尾", f"--out has to end in one of {kinds}"
        raise CasebookError(zh, en, Exit.USAGE)
    dataset, problems = load_checked(project)
    if any(problem.severity == "error" for problem in problems):
        raise ContentError(problems)
    content = draw_picture(options.name, dataset, options.lang or "zh", target.suffix, project)
    write_atomically(target, content)
    print(target)
    return Exit.DONE


def run_verify(options: argparse.Namespace, project: Path, lang: Lang) -> Exit:
    """Name every file of a copy of the site that is not as its manifest says."""
    from casebook.build.verify import find_uploads, verify_copy

    place = options.place if options.place is not None else str(project / "output")
    if options.since is not None:
        print_lines(find_uploads(Path(options.since), Path(place)))
        return Exit.DONE
    verdict = verify_copy(place)
    for difference in verdict.differences:
        print(difference.message(lang), file=sys.stderr)
    count = len(verdict.differences)
    if count:
        zh, en = f"共 {count} 处不符", f"{count} difference" + "s" * (count > 1)
        print(zh if lang == "zh" else en, file=sys.stderr)
        return Exit.CONTENT
    zh = f"完整：{verdict.files} 个文件，{place}，manifest.json 的 SHA-256 是 {verdict.manifest}"
    en = f"whole: {verdict.files} files in {place}, SHA-256 of manifest.json {verdict.manifest}"
    print(zh if lang == "zh" else en)
    if not verdict.extras_told:
        zh = "从网址看不出有没有多出的文件；要查，请核对它的文件夹"
        en = "files beyond these cannot be told from an address, only from a folder"
        print(zh if lang == "zh" else en)
    return Exit.DONE


def _unchanged(lang: Lang) -> str:
    return "网站没有改动" if lang == "zh" else "the site is unchanged"


def _save_report(error: BaseException) -> str:
    # A build with nothing to do must not pay for these imports.
    import tempfile
    import traceback

    with tempfile.NamedTemporaryFile(
        "w", prefix="casebook-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        traceback.print_exception(error, file=report)
    return report.name
