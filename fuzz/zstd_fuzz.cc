#include "fuzz/codec_input.h"
#include "fuzz/target.h"

KMIRROR_FUZZ_TARGET(zstd) {
  kmirror::fuzz::read_compressed(kmirror::compression::Codec::kZstd, input);
}
