// Tagged fields (KIP-482) that this program does not know, kept as they came so that a message
// passes through whole. Views into the frame. No thread rules.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/bytes.h"

namespace kmirror::protocol {

struct TaggedField {
  std::uint32_t tag = 0;
  ConstBytes data;

  bool operator==(const TaggedField& other) const {
    return tag == other.tag && std::ranges::equal(data, other.data);
  }
};

// In ascending order of tags.
using TaggedFields = std::vector<TaggedField>;

}  // namespace kmirror::protocol
