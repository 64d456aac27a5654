// Also with the header that Kafka before 0.10 wrote, whose checksum is of other bytes.
#include "fuzz/codec_input.h"
#include "fuzz/target.h"

KMIRROR_FUZZ_TARGET(lz4) {
  using kmirror::compression::Codec;
  using kmirror::compression::Lz4Header;
  kmirror::fuzz::read_compressed(Codec::kLz4, input, Lz4Header::kChecked);
  kmirror::fuzz::read_compressed(Codec::kLz4, input, Lz4Header::kAnyChecksum);
}
