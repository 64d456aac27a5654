// Bytes that come a few at a time, for tests of what reads a stream.
#pragma once

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <memory>

#include "base/bytes.h"
#include "protocol/dump/entry_reader.h"

namespace kmirror::protocol::testing {

inline Buffer concat(std::initializer_list<Buffer> parts) {
  Buffer bytes;
  for (const Buffer& part : parts) bytes.insert(bytes.end(), part.begin(), part.end());
  return bytes;
}

// Reads a copy of `bytes`, at most so many at a time. It can go back.
inline ByteSource seekable_source_of(ConstBytes bytes, std::size_t at_a_time) {
  struct Place {
    Buffer bytes;
    std::size_t at = 0;
  };
  const auto place = std::make_shared<Place>(Buffer(bytes.begin(), bytes.end()));
  return {.read =
              [place, at_a_time](MutableBytes room) {
                const ConstBytes rest = ConstBytes(place->bytes).subspan(place->at);
                const std::size_t size = std::min({room.size(), at_a_time, rest.size()});
                std::ranges::copy(rest.first(size), room.begin());
                place->at += size;
                return size;
              },
          .seek = [place](std::uint64_t position) { place->at = position; }};
}

// The same, but it cannot go back.
inline ByteSource source_of(ConstBytes bytes, std::size_t at_a_time) {
  return {.read = seekable_source_of(bytes, at_a_time).read};
}

}  // namespace kmirror::protocol::testing
