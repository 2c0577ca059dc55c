#!/bin/sh
# From nothing to the shipped models, as docs/training-map.md tells it.
#   examples/reproduce.sh FOLDER           goes the whole way; what was done there before is not done again
#   examples/reproduce.sh --check FOLDER   trains nothing: sees that every recipe exists and every option is known
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)

fail() {
  printf 'reproduce: %s\n' "$@" >&2
  exit 1
}

check=no
if [ "${1:-}" = --check ]; then
  check=yes
  shift
fi
[ $# -eq 1 ] || fail 'expected one folder' "usage: examples/reproduce.sh [--check] FOLDER"
out=$1
case $out in /*) ;; *) out=$PWD/$out ;; esac
cd "$root"

# Whether `./agent $*` could be run: its recipes are there, and its help names its options.
known() {
  command=''
  for word; do
    case $word in -*) break ;; esac
    command="$command $word"
  done
  # The command's own words are to be split.
  # shellcheck disable=SC2086
  help=$(./agent $command --help) || fail "no such command: agent$command"
  for word; do
    case $word in
      --*) printf '%s\n' "$help" | grep -q -e "$word[ =]" || fail "agent$command has no option $word" ;;
      *.yaml) [ -f "$word" ] || fail "no such recipe: $word" ;;
    esac
  done
  printf 'known: agent %s\n' "$*"
}

# step NAME WORDS...: `./agent WORDS...`, unless it was done before.
step() {
  name=$1
  shift
  if [ "$check" = yes ]; then
    known "$@"
    return
  fi
  [ ! -e "$out/done/$name" ] || return 0
  printf '%s\n' "== $name: agent $*" >&2
  ./agent "$@"
  : >"$out/done/$name"
}

# keep NAME FOLDER: a trained model under the name that it is shipped by.
keep() {
  [ "$check" = no ] || return 0
  rm -rf "$out/models/$1"
  cp -R "$2" "$out/models/$1"
}

# An expert goes on only where its run has begun.
resume() {
  [ ! -e "$1/checkpoint.pt" ] || echo --resume
}

if [ "$check" = no ]; then
  runtime=${AGENT_RUNTIME:-$root/.runtime}
  [ -d "$runtime/photographs" ] || fail 'the photographs are not there' 'run: ./agent setup --photographs (430 MB)'
  [ -n "${AGENT_TRAIN_PYTHON:-}" ] || [ -d "$runtime/training" ] ||
    fail 'PyTorch is not there' 'run: ./agent setup --train (6 GB), or name a Python that has it in AGENT_TRAIN_PYTHON'
  mkdir -p "$out/done" "$out/models"
fi

recipes=configs/training
models=$out/models

# 1. The experts.
# One option or none.
# shellcheck disable=SC2046
step expert-carracing train expert --game carracing --total-decisions 1600000 --out "$out/expert-carracing" \
  $(resume "$out/expert-carracing")
step export-carracing expert export --run "$out/expert-carracing" --out "$models/expert-carracing"
# shellcheck disable=SC2046
step expert-spaceinvaders train expert --game spaceinvaders --total-decisions 1000000 \
  --out "$out/expert-spaceinvaders" $(resume "$out/expert-spaceinvaders")
step export-spaceinvaders expert export --run "$out/expert-spaceinvaders" --out "$models/expert-spaceinvaders"

# 2. The encoders that models begin with: the mini ones, and those that understand, which tells objects apart.
step clip train clip --config $recipes/clip-mini.yaml --out "$out/clip-mini"
keep clip-mini "$out/clip-mini/model"
step clip-objects train clip --config $recipes/clip-objects.yaml --precision bfloat16 --out "$out/clip-objects"
step clip-objects-more train clip --config $recipes/clip-objects-more.yaml --init "$out/clip-objects/model" \
  --precision bfloat16 --out "$out/clip-objects-more"
keep clip-objects "$out/clip-objects-more/model"

# 3. Pixel value prediction. The first recipes begin with a CLIP of models/; here with the one just trained.
# around CLIP RECIPE: sets `first` to RECIPE with the trained CLIP in its place.
around() {
  first=$recipes/$2
  grep -q "^  clip: .*$1" "$first" || fail "$first no longer begins with $1"
  [ "$check" = no ] || return 0
  sed "s|^  clip: .*$1.*|  clip: '$models/$1'|" "$first" >"$out/$2"
  first=$out/$2
}
around clip-mini pvp-mini.yaml

# pixels MODEL SUFFIX OPTION...: the three recipes, one behind the other.
pixels() {
  model=$1
  suffix=$2
  shift 2
  step "pvp-mini$suffix" train pvp --config "$first" --out "$out/pvp-mini$suffix" "$@"
  step "pvp-mini-adapt$suffix" train pvp --config $recipes/pvp-mini-adapt.yaml \
    --init "$out/pvp-mini$suffix/stages/content" --out "$out/pvp-mini-adapt$suffix" "$@"
  step "pvp-mini-general$suffix" train pvp --config $recipes/pvp-mini-general.yaml \
    --init "$out/pvp-mini-adapt$suffix/stages/adapt" --out "$out/pvp-mini-general$suffix" "$@"
  keep "$model" "$out/pvp-mini-general$suffix/model"
}
pixels pae-lamm-mini ''
pixels frozen-mini -frozen --frozen-encoder

# understanding MODEL SEE SAY LOOK OPTION...: what patches show, then words, then what patches show once more.
understanding() {
  model=$1
  say=$3
  look=$4
  around clip-objects "$2"
  shift 4
  step "$model-see" train pvp --config "$first" --precision bfloat16 --out "$out/$model-see" "$@"
  step "$model-say" train pvp --config "$recipes/$say" --init "$out/$model-see/model" --precision bfloat16 \
    --out "$out/$model-say" "$@"
  step "$model-look" train pvp --config "$recipes/$look" --init "$out/$model-say/model" --precision bfloat16 \
    --out "$out/$model-look" "$@"
  keep "$model" "$out/$model-look/model"
}
understanding pae-lamm-objects objects-see.yaml objects-say.yaml objects-look.yaml
understanding frozen-objects objects-see.yaml objects-say.yaml objects-look.yaml --frozen-encoder
understanding plain-objects objects-plain-see.yaml objects-plain-say.yaml objects-plain-look.yaml --frozen-encoder

# What words refer to, pixel by pixel: the same recipe behind each of them.
for kind in pae-lamm frozen plain; do
  step segment-$kind train segment --config $recipes/segment-objects.yaml --init "$models/$kind-objects" \
    --precision bfloat16 --out "$out/segment-$kind"
done

# 4. CarRacing, from the expert.
step play-carracing train play --config $recipes/play-carracing.yaml --init "$models/frozen-mini" \
  --expert "$models/expert-carracing" --out "$out/play-carracing"
keep frozen-carracing "$out/play-carracing/model"

# A player that reads its list of actions: four recipes, each on what those before it collected.
# told RECIPE INIT DATASET...
told() {
  config=$recipes/$1
  recipe=${1%.yaml}
  init=$2
  shift 2
  [ $# = 0 ] || set -- --demonstrations "$@"
  step "$recipe" train play --config "$config" --init "$init" --expert "$models/expert-carracing" \
    --out "$out/$recipe" "$@"
}
told=$out/play-carracing-told
round=data/carracing-round
told play-carracing-told.yaml "$models/pae-lamm-objects"
told play-carracing-told-more.yaml "$told/model" "$told/$round-0" "$told/$round-1"
told play-carracing-told-longer.yaml "$told-more/model" \
  "$told/$round-0" "$told/$round-1" "$told-more/$round-1" "$told-more/$round-2"
told play-carracing-told-balanced.yaml "$told-longer/model" \
  "$told/$round-0" "$told/$round-1" "$told-more/$round-1" "$told-more/$round-2" \
  "$told-longer/$round-1" "$told-longer/$round-2" "$told-longer/$round-3"
keep pae-lamm-carracing "$told-balanced/model"

# 5. Space Invaders, from the scripted teacher; both models at once.
step lessons train lessons --config $recipes/lessons-spaceinvaders.yaml \
  --init "$models/pae-lamm-mini" "$models/frozen-mini" --out "$out/lessons-spaceinvaders"
for kind in pae-lamm frozen; do
  keep $kind-spaceinvaders "$out/lessons-spaceinvaders/$kind-mini"
done

# 6. What they are worth.
step pixels pixels --model "$models/pae-lamm-mini" --model "$models/frozen-mini" \
  --model "$models/pae-lamm-objects" --model "$models/frozen-objects" --table "$out/pvp.json"
step language language --model "$models/pae-lamm-objects" --model "$models/frozen-objects" \
  --model "$models/plain-objects" --table "$out/language.json"
step segment segment --evaluate scenes --evaluate cutouts --model "$out/segment-pae-lamm/model" \
  --model "$out/segment-frozen/model" --model "$out/segment-plain/model" --table "$out/segmentation.json"
for game in carracing spaceinvaders; do
  step eval-$game eval --game $game --policy "frozen:$models/frozen-$game" \
    --policy "pae-lamm:$models/pae-lamm-$game" --policy "expert:$models/expert-$game" --seeds 100000..100049 \
    --out "$out/eval-$game"
done
if [ "$check" = yes ]; then echo 'every recipe and option is known'; else echo "models: $models"; fi
