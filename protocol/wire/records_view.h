// The records of one partition as a message carries them: bytes that stay where they are. A decoded
// view has one slice, into the frame. For encoding it may be a gather list. Whoever made the memory
// keeps it alive until the view, and every GatherBuffer that refers to it, is gone. No thread
// rules.
#pragma once

#include <absl/container/inlined_vector.h>

#include <cstddef>
#include <span>

#include "base/bytes.h"

namespace kmirror::protocol {

class RecordsView {
 public:
  RecordsView() = default;
  explicit RecordsView(ConstBytes bytes) { append(bytes); }

  // Empty slices are dropped, so that a gather write never sees one.
  void append(ConstBytes slice) {
    if (slice.empty()) return;
    slices_.push_back(slice);
    size_ += slice.size();
  }

  std::span<const ConstBytes> slices() const { return {slices_.data(), slices_.size()}; }

  // Of all slices, in bytes.
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // The first slice, which for a decoded view is everything.
  ConstBytes bytes() const { return slices_.empty() ? ConstBytes{} : slices_.front(); }

 private:
  absl::InlinedVector<ConstBytes, 2> slices_;
  std::size_t size_ = 0;
};

}  // namespace kmirror::protocol
