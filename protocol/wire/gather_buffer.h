// An encoded message on its way to a socket: the small fields in one buffer of its own, records by
// reference. Owned by whoever sends it; what it refers to must outlive it. One thread at a time.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"

namespace kmirror::protocol {

class GatherBuffer {
 public:
  // The own buffer is used again for other messages, so it is never in pieces so large that they
  // would be lent instead of copied (net/runtime.h).
  static constexpr std::size_t kOwnPieceBytesMax = 4095;

  GatherBuffer() = default;
  GatherBuffer(GatherBuffer&&) = default;
  GatherBuffer& operator=(GatherBuffer&&) = default;
  GatherBuffer(const GatherBuffer&) = delete;
  GatherBuffer& operator=(const GatherBuffer&) = delete;

  // Empties it and makes room for exactly this many bytes of small fields. There is no growing
  // later: pieces() point into the buffer.
  void reset(std::size_t own_bytes) {
    own_.resize(own_bytes);
    own_used_ = 0;
    pieces_.clear();
    last_is_own_ = false;
    size_ = 0;
  }

  // The next `size` bytes of the own buffer, to be filled by the caller.
  std::uint8_t* extend(std::size_t size) {
    KM_CHECK(size <= own_.size() - own_used_, "the buffer was sized for the whole message");
    std::uint8_t* const to = own_.data() + own_used_;
    own_used_ += size;
    size_ += size;
    note_own({to, size});
    return to;
  }

  void append_reference(ConstBytes bytes) {
    pieces_.push_back(bytes);
    last_is_own_ = false;
    size_ += bytes.size();
  }

  // In the order of sending. Valid until the next reset.
  std::span<const ConstBytes> pieces() const { return pieces_; }
  std::size_t size() const { return size_; }

 private:
  void note_own(ConstBytes bytes) {
    while (!bytes.empty()) {
      if (!last_is_own_ || pieces_.back().size() == kOwnPieceBytesMax) {
        pieces_.emplace_back(bytes.data(), 0);
        last_is_own_ = true;
      }
      ConstBytes& piece = pieces_.back();
      const std::size_t taken = std::min(bytes.size(), kOwnPieceBytesMax - piece.size());
      piece = {piece.data(), piece.size() + taken};
      bytes = bytes.subspan(taken);
    }
  }

  Buffer own_;
  std::size_t own_used_ = 0;
  std::vector<ConstBytes> pieces_;
  bool last_is_own_ = false;
  std::size_t size_ = 0;
};

}  // namespace kmirror::protocol
