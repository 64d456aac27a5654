// For tests: a source partition as a broker reads it, without bytes: whole batches from the one
// that holds the offset on, the first whatever its size, and the last one cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "mirror/core/read_ahead.h"

namespace kmirror::mirror {

class LogModel {
 public:
  // Offsets and bytes of each batch.
  explicit LogModel(const std::vector<std::pair<std::int64_t, std::size_t>>& batches);

  static LogModel regular(int batches, std::int64_t offsets, std::size_t bytes);

  // What a request brings.
  Reach read(const ReadAhead::Request& request);

  std::int64_t end() const { return end_; }
  std::size_t bytes() const { return bytes_; }

  // By all requests, and by the last one.
  std::size_t read_bytes() const { return read_bytes_; }
  std::size_t answer_bytes() const { return answer_bytes_; }

 private:
  struct Batch {
    std::int64_t first;
    std::int64_t end;
    std::size_t bytes;
  };

  std::vector<Batch> batches_;
  std::int64_t end_ = 0;
  std::size_t bytes_ = 0;
  std::size_t read_bytes_ = 0;
  std::size_t answer_bytes_ = 0;
};

}  // namespace kmirror::mirror
