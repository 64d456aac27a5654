#include "fuzz/codec_input.h"
#include "fuzz/target.h"

KMIRROR_FUZZ_TARGET(gzip) {
  kmirror::fuzz::read_compressed(kmirror::compression::Codec::kGzip, input);
}
