#!/usr/bin/env python3
# -*- coding: utf-8 -*-
"""Sets the project up on its first run and passes every command on to casebook.

An old Python must be able to parse this file, so that it can say that it is too old: there are no
annotations and no f-strings, and modules that only a new Python has are imported in functions.
"""

from __future__ import print_function, unicode_literals

import os
import sys

OLDEST = (3, 11)
ROOT = os.path.dirname(os.path.abspath(__file__))
LOCK = os.path.join(ROOT, "requirements.lock")
TEST_LOCK = os.path.join(ROOT, "requirements-test.lock")
MACHINE = 3
INTERRUPTED = 130


def is_ours(folder):
    """True if a set-up made the folder or may make it; other folders are left unchanged.

    A link is never ours, because it leads to the environment of another project.
    """
    if os.path.islink(folder):
        return False
    if os.path.exists(os.path.join(folder, "casebook-setup")) or not os.path.exists(folder):
        return True
    try:
        return not os.listdir(folder)
    except OSError:
        return False


# Code editors, uv and poetry make a .venv of their own, which must not be emptied here.
VENV = os.path.join(ROOT, ".venv")
if not is_ours(VENV):
    VENV = os.path.join(ROOT, ".casebook-venv")
SHOWN = os.path.basename(VENV)
# The record of an installation is a copy of its lock, not a digest: comparing the two reads less
# than importing hashlib would, and this happens at every start.
INSTALLED = os.path.join(VENV, "casebook-lock")
TEST_INSTALLED = os.path.join(VENV, "casebook-lock-test")
GUARD = os.path.join(VENV, "casebook-setup")
LINK = "casebook-project.pth"


class SetupError(Exception):
    """A set-up that cannot continue, with its message in Chinese and in English."""

    def __init__(self, zh, en):
        Exception.__init__(self, en)
        self.zh = zh
        self.en = en


class Voice(object):
    """Prints progress to standard error in one language; standard output is left to casebook."""

    def __init__(self, chinese, quiet):
        self.chinese = chinese
        self.quiet = quiet
        self.rewrites = sys.stderr is not None and sys.stderr.isatty()
        self.pending = False

    def step(self, zh, en):
        if not self.quiet:
            self._finish_progress()
            write((zh if self.chinese else en) + "\n")

    def count(self, reached, total, name):
        if self.quiet:
            return
        words = "准备：{0}/{1} 个包，{2}" if self.chinese else "set-up: {0}/{1} packages, {2}"
        text = words.format(min(reached, total), total, name)
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
    """The message for a Python that is too old, empty for a newer one."""
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


def finds_project():
    """True if the environment has the link to the project, whichever Python made it."""
    folder = os.path.join(VENV, "Lib" if os.name == "nt" else "lib")
    inner = [""] if os.name == "nt" else os.listdir(folder) if os.path.isdir(folder) else []
    return any(os.path.exists(os.path.join(folder, name, "site-packages", LINK)) for name in inner)


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
    """The content of the record of a finished set-up: the name of its Python, and the locks.

    After an upgrade of the system, the link inside .venv may lead to another Python, which would
    find no packages installed; on Windows the Python inside .venv is not a link.
    """
    target = "python" if os.name == "nt" else os.path.basename(os.path.realpath(venv_python()))
    return b"\n".join([target.encode("utf-8")] + [read_bytes(lock) for lock in locks])


def is_ready():
    # Without pyvenv.cfg the Python uses the packages of the system, which lack ours.
    own = os.path.exists(venv_python()) and os.path.exists(os.path.join(VENV, "pyvenv.cfg"))
    return own and finds_project() and read_bytes(INSTALLED) == expected_record(LOCK)


def is_ready_for_tests():
    return is_ready() and read_bytes(TEST_INSTALLED) == expected_record(LOCK, TEST_LOCK)


def set_up(for_tests, voice):
    """Makes the environment from the lock, again if it is incomplete or of another lock."""
    for lock in (LOCK, TEST_LOCK) if for_tests else (LOCK,):
        if not os.path.isfile(lock):
            name = os.path.basename(lock)
            raise SetupError(
                "缺少 {0}，请重新取得完整的项目。".format(name),
                "{0} is missing; get the whole project again.".format(name),
            )
    require_venv_modules()
    require_own_folder()
    if SHOWN != ".venv":
        voice.step(
            ".venv 不是 build.py 建的，不动它，另用 {0}。".format(SHOWN),
            ".venv was not made by build.py and is left alone; {0} is used.".format(SHOWN),
        )
    os.makedirs(VENV, exist_ok=True)
    with hold_guard():
        # Another set-up may have finished between the first check and the guard.
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
    """Refuses a path in which venv cannot work, and a second folder that is not ours either."""
    if os.pathsep in ROOT:
        raise SetupError(
            "项目的路径里有“{0}”，Python 的环境不能建在那里。"
            "请把项目移到没有这个字符的文件夹，再运行一次。".format(os.pathsep),
            "The path of the project contains “{0}”, so no Python environment can be made there. "
            "Move the project to a folder without this character and run this again.".format(
                os.pathsep
            ),
        )
    if not is_ours(VENV):
        raise SetupError(
            "{0} 和 .venv 都不是 build.py 建的，不敢动。请移走其中一个，再运行一次。".format(SHOWN),
            "Neither .venv nor {0} was made by build.py, and both were left alone. "
            "Move one of them away and run this again.".format(SHOWN),
        )


def hold_guard():
    """The open guard file, locked until it is closed or the process ends."""
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
        # Other errors are ignored, because some network file systems have no locks.
        if error.errno in (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK):
            guard.close()
            raise SetupError(  # noqa: B904 - "from None" is a syntax error to Python 2
                "另一个 build.py 正在准备 {0}，等它结束后再运行。".format(SHOWN),
                "Another build.py is setting up {0}; run this again when it has finished.".format(
                    SHOWN
                ),
            )
    return guard


def make_venv(voice):
    import shutil
    import venv

    left = [name for name in os.listdir(VENV) if name != os.path.basename(GUARD)]
    if left:
        voice.step(
            "依赖有变动或上次没有装完，重做 {0} …".format(SHOWN),
            "Packages have changed or the last set-up did not finish: making {0} again …".format(
                SHOWN
            ),
        )
    else:
        voice.step(
            "第一次运行：创建 {0}（只需一次）…".format(SHOWN),
            "First run: making {0} (only this once) …".format(SHOWN),
        )
    # Remove the records first, so that an interrupted removal does not look like a set-up.
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
    # A relative path, because the project may be moved and run from any folder.
    packages = venv_packages()
    link = os.path.relpath(ROOT, packages).encode("ascii") + b"\n"
    write_whole(os.path.join(packages, LINK), link)


def install(lock, voice):
    """Installs the packages of a lock with the pip inside .venv.

    Mirrors, proxies and certificates are those of the user's own pip settings.
    """
    import collections
    import re
    import subprocess

    # Text and not bytes: Python 2 cannot parse rb"", and ruff changes br"" to it.
    named = re.findall(r"(?m)^[A-Za-z0-9][^\s=]*==", read_bytes(lock).decode("utf-8"))
    total = len(named)
    voice.step(
        "按 {0} 下载并安装 {1} 个包 …".format(os.path.basename(lock), total),
        "Downloading and installing the {1} packages of {0} …".format(
            os.path.basename(lock), total
        ),
    )
    command = [venv_python(), "-P", "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-input", "--progress-bar", "off", "--require-hashes", "-r", lock]
    surroundings = dict(os.environ, PYTHONUTF8="1", PYTHONUNBUFFERED="1", PIP_USER="0")
    for name in ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"):
        # These would make pip install into another folder.
        surroundings.pop(name, None)
    last = collections.deque(maxlen=8)
    reached = 0
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=surroundings,
    )
    try:
        for line in process.stdout:
            line = line.rstrip()
            last.append(line)
            word, _, rest = line.strip().partition(" ")
            if word in ("Collecting", "Processing", "Requirement", "Ignoring"):
                reached += 1
                name = re.split("[ =:;]", rest.replace("already satisfied: ", ""))[0]
                # For a file of a local folder, its name and version without the tags after them.
                name = "-".join(name.rpartition("/")[2].split("-")[:2])
                voice.count(reached, total, name)
            elif line.startswith("Installing collected"):
                voice.count(total, total, "安装中 …" if voice.chinese else "installing …")
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        process.stdout.close()
    if status:
        tail = "\n".join("  " + line for line in last)
        zh, en = explain_failure(
            tail + " SIGKILL" * (status == -9),
            "请检查网络、代理和磁盘空间后重新运行；"
            "网络不通畅时可用 pip config set global.index-url 换一个镜像。",
            "Check the network, the proxy and the free space, then run this again; if the "
            "network is slow, choose another mirror with pip config set global.index-url.",
        )
        raise SetupError(
            "依赖没有装成，pip 最后说：\n{0}\n{1}".format(tail, zh),
            "The packages could not be installed; pip reported:\n{0}\n{1}".format(tail, en),
        )


def explain_failure(words, zh, en):
    """The advice for a failed set-up: for the limit that its words name, else the given one."""
    if "Too many open files" in words:
        return (
            "这台机器准许同时打开的文件太少：先运行 ulimit -n 1024，再运行一次。",
            "This machine allows too few open files: run ulimit -n 1024, then try again.",
        )
    # A killed process has usually asked for more memory than the machine has.
    if any(name in words for name in ("MemoryError", "Cannot allocate memory", "SIGKILL")):
        return (
            "内存不够：关掉别的程序，或运行 ulimit -v unlimited 放宽限制，再运行一次。",
            "There is not enough memory: close other programs, or lift the limit with "
            "ulimit -v unlimited, then try again.",
        )
    return zh, en


def run_tests(arguments):
    """Runs pytest in the project and returns its exit status; no tests at all is a failure."""
    if not arguments:
        # A worker for each core, at most four: each imports matplotlib, so more gain little.
        arguments = ["-q", "-n", str(min(os.cpu_count() or 1, 4))]
    status = run([venv_python(), "-m", "pytest"] + arguments, ROOT)
    return 1 if status == 5 else status


def run(command, folder=None):
    import subprocess

    process = subprocess.Popen(command, cwd=folder)
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has interrupted the child too; wait until it has cleared up.
        process.wait()
        return INTERRUPTED


def hand_over(arguments):
    # -P, so that files of the current folder are not imported as modules.
    command = [venv_python(), "-P", "-m", "casebook"] + arguments
    if os.name == "nt":
        return run(command)
    return os.execv(command[0], command)


def finds_nothing_to_do(arguments):
    """Repeats the output of a build with nothing to do, without starting another Python."""
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
    # Content, templates and files that libraries open are UTF-8, also where the system has another
    # encoding (cp936 on Chinese Windows). A user's own setting is kept.
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
                zh, en = explain_failure(
                    str(error),
                    "项目的文件夹要能写，并有 300 MB 空间；"
                    "不能写就把项目复制到自己的文件夹，再运行一次。",
                    "The folder of the project must be writable and have 300 MB free; if it is not "
                    "writable, copy the project to a folder of your own and run this again.",
                )
                voice.complain(
                    "准备 {0} 时系统不允许：{1}\n{2}".format(SHOWN, error, zh),
                    "The system did not allow {0} to be set up: {1}\n{2}".format(SHOWN, error, en),
                )
                return MACHINE
            except Exception as error:
                output = (getattr(error, "output", None) or b"").decode("utf-8", "replace").strip()
                said = (output.rpartition("\n")[2] or str(error) or type(error).__name__)[:120]
                zh, en = explain_failure(
                    output + said,
                    "请安装 https://www.python.org/downloads/ 的完整版 Python，"
                    "再用它运行 build.py。",
                    "Install the full Python of https://www.python.org/downloads/ "
                    "and run build.py with it.",
                )
                voice.complain(
                    "没能创建 {0}：{1}\n{2}".format(SHOWN, said, zh),
                    "{0} could not be made: {1}\n{2}".format(SHOWN, said, en),
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
