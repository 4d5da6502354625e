#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Sets the project up on its first run and hands every command over to casebook.

An old Python has to get through this file far enough to say that it is too old, so there are
no annotations and no f-strings here, and what only a new Python has is imported inside functions.
"""

from __future__ import print_function, unicode_literals

import os
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
LOCK = os.path.join(ROOT, "requirements.lock")
TEST_LOCK = os.path.join(ROOT, "requirements-test.lock")
# What is installed is remembered as a copy of the lock it came from: comparing the two reads
# less than importing hashlib would, and this is paid at every start.
INSTALLED = os.path.join(VENV, "casebook-lock")
TEST_INSTALLED = os.path.join(VENV, "casebook-lock-test")
GUARD = os.path.join(VENV, "casebook-setup")

MACHINE = 3
INTERRUPTED = 130


class SetupError(Exception):
    """A set-up that cannot go on, told in Chinese and in English."""

    def __init__(self, zh, en):
        Exception.__init__(self, en)
        self.zh = zh
        self.en = en


class Voice(object):
    """Says on standard error what is being done, in one language; standard output is casebook's."""

    def __init__(self, chinese, quiet):
        self.chinese = chinese
        self.quiet = quiet
        self.rewrites = sys.stderr is not None and sys.stderr.isatty()
        self.pending = False

    def step(self, zh, en):
        if not self.quiet:
            self._finish_progress()
            write((zh if self.chinese else en) + "\n")

    def progress(self, text):
        if self.quiet:
            return
        if self.rewrites:
            write("\r\033[K  " + text[:70])
            self.pending = True
        else:
            write("  " + text + "\n")

    def complain(self, zh, en):
        self._finish_progress()
        write((zh if self.chinese else en) + "\n")

    def _finish_progress(self):
        if self.pending:
            write("\r\033[K")
            self.pending = False


def write(text):
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
    except UnicodeError:
        sys.stderr.write(text.encode("ascii", "backslashreplace").decode("ascii"))
    sys.stderr.flush()


def old_python_message(version):
    """The message for a Python that is too old, empty for one that is not."""
    if tuple(version[:2]) >= OLDEST:
        return ""
    found = ".".join(str(part) for part in version[:3])
    return (
        "需要 Python 3.11 或更新的版本，现在运行的是 {0}。请到 https://www.python.org/downloads/ "
        "下载，再用新版本运行 build.py。\n"
        "Python 3.11 or newer is needed; this is {0}. Get one at "
        "https://www.python.org/downloads/ and run build.py with it."
    ).format(found)


def wants_chinese(arguments):
    for place, argument in enumerate(arguments):
        if argument == "--lang":
            return arguments[place + 1 : place + 2] == ["zh"]
        if argument.startswith("--lang="):
            return argument == "--lang=zh"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return os.environ[name].lower().startswith("zh")
    if os.name != "nt":
        return False
    import locale

    return (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese"))


def venv_python():
    if os.name == "nt":
        return os.path.join(VENV, "Scripts", "python.exe")
    return os.path.join(VENV, "bin", "python")


def venv_packages():
    if os.name == "nt":
        return os.path.join(VENV, "Lib", "site-packages")
    version = "python{0}.{1}".format(*sys.version_info[:2])
    return os.path.join(VENV, "lib", version, "site-packages")


def read_bytes(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def write_whole(path, content):
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.replace(path + ".new", path)


def expected_record(*locks):
    """What the record of a finished set-up holds: the Python it is for, and the locks.

    The link inside .venv may come to lead to another Python when the system is upgraded, and
    that one would find nothing installed; on Windows the Python inside .venv is no link.
    """
    target = "python" if os.name == "nt" else os.path.basename(os.path.realpath(venv_python()))
    return b"\n".join([target.encode("utf-8")] + [read_bytes(lock) for lock in locks])


def is_ready():
    return os.path.exists(venv_python()) and read_bytes(INSTALLED) == expected_record(LOCK)


def is_ready_for_tests():
    return is_ready() and read_bytes(TEST_INSTALLED) == expected_record(LOCK, TEST_LOCK)


def set_up(for_tests, voice):
    """Makes .venv from the lock, or makes it anew where it is half-made or of another lock."""
    for lock in (LOCK, TEST_LOCK) if for_tests else (LOCK,):
        if not os.path.isfile(lock):
            name = os.path.basename(lock)
            raise SetupError(
                "缺少 {0}，请重新取得完整的项目。".format(name),
                "{0} is missing; get the whole project again.".format(name),
            )
    require_venv_modules()
    require_own_folder()
    os.makedirs(VENV, exist_ok=True)
    with hold_guard():
        # Another set-up may have finished between the look at the record and the guard.
        if not is_ready():
            make_venv(voice)
            install(LOCK, voice)
            write_whole(INSTALLED, expected_record(LOCK))
        if for_tests and not is_ready_for_tests():
            install(TEST_LOCK, voice)
            write_whole(TEST_INSTALLED, expected_record(LOCK, TEST_LOCK))
    voice.step("准备完毕。", "Ready.")


def require_venv_modules():
    import importlib.util

    for name in ("venv", "ensurepip"):
        if importlib.util.find_spec(name) is None:
            python = "python{0}.{1}".format(*sys.version_info[:2])
            raise SetupError(
                "这个 Python 缺少 {0} 模块，无法准备环境。\n"
                "Debian、Ubuntu：sudo apt install python3-venv（或 {1}-venv）；"
                "其他系统：安装 https://www.python.org/downloads/ 的完整版 Python。"
                "装好后重新运行即可。".format(name, python),
                "This Python lacks the module {0}, so the set-up cannot start.\n"
                "Debian, Ubuntu: sudo apt install python3-venv (or {1}-venv); elsewhere: install "
                "the full Python of https://www.python.org/downloads/. "
                "Then run this again.".format(name, python),
            )


def require_own_folder():
    """Keeps the set-up from emptying a folder that is no virtual environment."""
    signs = (os.path.join(VENV, "pyvenv.cfg"), GUARD)
    if not os.path.lexists(VENV) or any(os.path.exists(sign) for sign in signs):
        return
    if not os.path.isdir(VENV) or os.listdir(VENV):
        raise SetupError(
            "{0} 不是虚拟环境，不敢动它。请把它移走，再运行一次。".format(VENV),
            "{0} is not a virtual environment and was left alone. "
            "Move it away and run this again.".format(VENV),
        )


def hold_guard():
    """The open guard file, held until it is closed or the process dies."""
    import errno

    guard = open(GUARD, "ab")  # noqa: SIM115 - the caller holds it open
    try:
        if os.name == "nt":
            import msvcrt

            guard.seek(0)
            msvcrt.locking(guard.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        # Some network file systems know no locks; that is no reason to refuse.
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
            guard.close()
            raise SetupError(  # noqa: B904 - "from None" is a syntax error to Python 2
                "另一个 build.py 正在准备 .venv，等它结束后再运行。",
                "Another build.py is setting up .venv; run this again when it has finished.",
            )
    return guard


def make_venv(voice):
    import shutil
    import sysconfig
    import venv

    left = [name for name in os.listdir(VENV) if name != os.path.basename(GUARD)]
    if left:
        voice.step(
            "依赖有变动或上次没有装完，重做 .venv …",
            "The lock has changed or the last set-up did not finish: making .venv anew …",
        )
    else:
        voice.step(
            "第一次运行：创建 .venv（只需一次）…", "First run: making .venv (only this once) …"
        )
    # The records go first, so that an emptying that is cut short is not taken for a set-up.
    for path in (INSTALLED, TEST_INSTALLED):
        if os.path.exists(path):
            os.remove(path)
    for name in left:
        path = os.path.join(VENV, name)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.remove(path)
    venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(VENV)
    # A relative line: the project may be moved, and may be run from any folder.
    packages = sysconfig.get_path("purelib", "venv", {"base": VENV, "platbase": VENV})
    link = os.path.join(packages, "casebook-project.pth")
    write_whole(link, os.path.relpath(ROOT, packages).encode("ascii") + b"\n")


def install(lock, voice):
    """Installs what a lock names with the pip inside .venv.

    Mirrors, proxies and certificates stay as the user's own pip settings have them.
    """
    import collections
    import re
    import subprocess

    voice.step(
        "按 {0} 下载并安装依赖 …".format(os.path.basename(lock)),
        "Downloading and installing what {0} names …".format(os.path.basename(lock)),
    )
    total = len(re.findall(rb"(?m)^[A-Za-z0-9][^\s=]*==", read_bytes(lock)))
    command = [venv_python(), "-P", "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-input", "--progress-bar", "off", "--require-hashes", "-r", lock]
    last = collections.deque(maxlen=8)
    collected = 0
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=dict(os.environ, PYTHONUTF8="1", PYTHONUNBUFFERED="1"),
    )
    try:
        for line in process.stdout:
            line = line.rstrip()
            last.append(line)
            word, _, rest = line.strip().partition(" ")
            named = re.sub(r" \(from .*", "", rest).rpartition("/")[2]
            if word in ("Collecting", "Processing"):
                collected += 1
                name = " ".join(re.split("==|-", named)[:2]) if word == "Processing" else named
                voice.progress("{0}/{1} {2}".format(collected, total, name.replace("==", " ")))
            elif word == "Downloading" and ".metadata" not in named:
                name, _, size = named.partition(" ")
                voice.progress("{0} {1}".format(" ".join(name.split("-")[:2]), size))
            elif line.startswith("Installing collected"):
                voice.progress("安装中 …" if voice.chinese else "installing …")
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        process.stdout.close()
    if status:
        tail = "\n".join("  " + line for line in last)
        raise SetupError(
            "依赖没有装成，pip 最后说：\n{0}\n"
            "请检查网络、代理和磁盘空间后重新运行；"
            "网络不通畅时可用 pip config set global.index-url 换一个镜像。".format(tail),
            "The installation failed; pip's last words:\n{0}\n"
            "Check the network, the proxy and the free space and run this again; where the "
            "network is the trouble, pip config set global.index-url chooses a mirror.".format(
                tail
            ),
        )


def run_tests(arguments):
    """Runs pytest in the project and gives its exit status; no test at all is a failure."""
    if not arguments:
        # A worker a core, but each imports matplotlib for itself: beyond four little is won.
        arguments = ["-q", "-n", str(min(os.cpu_count() or 1, 4))]
    status = run([venv_python(), "-m", "pytest"] + arguments, ROOT)
    return 1 if status == 5 else status


def run(command, folder=None):
    import subprocess

    process = subprocess.Popen(command, cwd=folder)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has told the child as well; it is given the time to clear up.
        process.wait()
        return INTERRUPTED


def hand_over(arguments):
    # -P: a file of the folder one stands in must not be taken for a module.
    command = [venv_python(), "-P", "-m", "casebook"] + arguments
    if os.name == "nt":
        return run(command)
    return os.execv(command[0], command)


def finds_nothing_to_do(arguments):
    """Prints what a build prints that has nothing to do, and spares the start of a Python."""
    encoding = getattr(sys.stdout, "encoding", None) or ""
    if arguments[0] != "build" or encoding.lower() != "utf-8":
        return False
    try:
        from casebook.build.last_build import repeat_last_build
    except ImportError:
        return False
    return repeat_last_build(arguments, [venv_packages()])


def main(arguments):
    refusal = old_python_message(sys.version_info)
    if refusal:
        write(refusal + "\n")
        return MACHINE
    arguments = arguments or ["build"]
    # Content, templates and what libraries open by themselves are UTF-8 wherever the system's
    # own encoding is another (cp936 on Chinese Windows); who has set it otherwise has a reason.
    os.environ.setdefault("PYTHONUTF8", "1")
    for_tests = arguments[0] == "test"
    try:
        if not (is_ready_for_tests() if for_tests else is_ready()):
            voice = Voice(wants_chinese(arguments), "--quiet" in arguments)
            try:
                set_up(for_tests, voice)
            except SetupError as error:
                voice.complain(error.zh, error.en)
                return MACHINE
            except (OSError, ValueError) as error:
                voice.complain(
                    "准备 .venv 时系统不允许：{0}".format(error),
                    "The machine would not let .venv be set up: {0}".format(error),
                )
                return MACHINE
            except Exception as error:
                output = getattr(error, "output", None) or b""
                said = output.decode("utf-8", "replace").strip().rpartition("\n")[2] or str(error)
                voice.complain(
                    "没能创建 .venv：{0}".format(said), ".venv could not be made: {0}".format(said)
                )
                return MACHINE
        if for_tests:
            return run_tests(arguments[1:])
        if finds_nothing_to_do(arguments):
            return 0
        return hand_over(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
