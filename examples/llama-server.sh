#!/bin/sh
# A foreign server: llama.cpp's llama-server, built here, with a checkpoint of this program as GGUF.
#   examples/llama-server.sh FOLDER [MODEL]     builds into FOLDER what is not there yet, and serves MODEL on port 8080
# MODEL is a folder in LLaVA's layout; models/frozen-carracing if none is named. JOBS and PORT may be set.
# It needs Python with venv, CMake or the network for it, a C++ compiler, 800 MB, and 10 to 30 minutes on one core.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
# The llama.cpp inside this release is what was tried: docs/endpoints.md.
release=llama_cpp_python==0.3.36

fail() {
  printf 'llama-server: %s\n' "$@" >&2
  exit 1
}

[ $# -ge 1 ] && [ $# -le 2 ] || fail 'expected a folder' 'usage: examples/llama-server.sh FOLDER [MODEL]'
parent=$(CDPATH='' cd -- "$(dirname -- "$1")" && pwd -P) || fail "the folder above is not there: $1"
out=$parent/$(basename -- "$1")
case $out/ in "$root"/*) fail "expected a folder outside of the checkout: $out" ;; esac
model=${2:-$root/models/frozen-carracing}
[ -f "$model/model.safetensors" ] || fail "no checkpoint in one file here: $model"
mkdir -p "$out"

# 1. The tools. CMake only where the machine has none.
python=$out/venv/bin/python
if [ ! -e "$out/done-tools" ]; then
  python3 -m venv "$out/venv"
  "$python" -m pip install --quiet gguf==0.19.0 'safetensors[numpy]==0.8.0' ninja==1.13.2
  command -v cmake >/dev/null || "$python" -m pip install --quiet cmake==4.4.5
  : >"$out/done-tools"
fi
PATH=$out/venv/bin:$PATH

# 2. The server. Without GGML_NATIVE it runs on other machines too; nothing is fetched while it is built.
server=$out/build/bin/llama-server
if [ ! -x "$server" ]; then
  if [ ! -d "$out/source" ]; then
    "$python" -m pip download --quiet --no-deps --no-binary llama-cpp-python --dest "$out" "$release" ||
      fail "the source of $release could not be fetched from PyPI"
    mkdir "$out/source.part"
    tar xzf "$out"/llama_cpp_python-*.tar.gz -C "$out/source.part" --strip-components 1
    # It puts the class token behind the patches, and takes it for one of them. That is
    # https://github.com/ggml-org/llama.cpp/issues/25814, and this line is the change of pull request 25844 there.
    patched='ggml_concat(ctx0, model.class_embedding, inp, 1)'
    llava=$out/source.part/vendor/llama.cpp/tools/mtmd/models/llava.cpp
    sed -i.original "s/ggml_concat(ctx0, inp, model.class_embedding, 1)/$patched/" "$llava"
    grep -qF "$patched" "$llava" || fail "the line with the class token is not as expected: $llava"
    mv "$out/source.part" "$out/source"
  fi
  cmake -S "$out/source/vendor/llama.cpp" -B "$out/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DGGML_NATIVE=OFF \
    -DBUILD_SHARED_LIBS=OFF -DGGML_OPENMP=OFF -DLLAMA_CURL=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_BUILD_TESTS=OFF \
    -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF
  cmake --build "$out/build" --target llama-server --parallel "${JOBS:-1}"
fi

# 3. The checkpoint as GGUF.
name=$(basename "$model")
"$python" "$root/examples/llava_to_gguf.py" "$model" "$out/$name.gguf" "$out/$name-mmproj.gguf"

# 4. Serve. All in float32, as the checkpoint is played in process. More threads only wait for each other where a model
# is this small.
exec "$server" --model "$out/$name.gguf" --mmproj "$out/$name-mmproj.gguf" --port "${PORT:-8080}" --jinja \
  --ctx-size 4096 --parallel 1 --threads 1 --threads-batch 1 --poll 0 \
  --cache-type-k f32 --cache-type-v f32 --flash-attn off --no-cache-prompt --alias "$name"
