#include "fuzz/codec_input.h"
#include "fuzz/target.h"

KMIRROR_FUZZ_TARGET(snappy) {
  kmirror::fuzz::read_compressed(kmirror::compression::Codec::kSnappy, input);
}
