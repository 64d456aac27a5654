// How much memory reading the records of a batch or a message may ask for. Pure functions.
#pragma once

#include <cstddef>
#include <optional>

#include "base/bytes.h"
#include "compression/codec.h"

namespace kmirror::golden {

// The records as they lie in a batch or a message.
struct Payload {
  std::optional<compression::Codec> codec;  // none is known
  ConstBytes bytes;
};

// Whether `asked` bytes are no more than it takes to go through `payload` so many times, of which
// limit_bytes are decompressed at most: nothing for what is not compressed, which is read where it
// lies; else what the codec takes, and the window that it fills, which grows by doubling for what
// really comes. All that is asked for counts, given back or not.
bool is_worth(std::size_t asked, const Payload& payload, std::size_t limit_bytes, int times);

}  // namespace kmirror::golden
