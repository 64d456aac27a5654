// A block of snappy, taken apart for LzWindow. It takes and refuses what libsnappy does.
// A view; used inside this layer.
//
// A copy may refer back to any place in its block, and writers are in use that do not stop at 64
// KiB as snappy's own does (klauspost/compress, so franz-go). What is no longer in the window is
// looked up in the block itself, from one of the marks on: there it is a literal, or a copy of
// something that is still further back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "compression/codec.h"
#include "compression/lz_window.h"

namespace kmirror::compression {

class SnappyBlock {
 public:
  // No block: it has no pieces.
  SnappyBlock() = default;

  // `bytes` come out, as its header declares.
  SnappyBlock(ConstBytes packed, std::size_t bytes);

  // False at the block's end, and where error() tells that there is no going on.
  bool next(LzPiece& piece);

  // kWindowTooLarge where too much would have to be looked up.
  DecompressError error() const { return error_; }

 private:
  // A block of up to 4 MiB, and those of most batches are smaller, has one mark each 128 bytes.
  static constexpr std::size_t kFirstMarkDistance = 128;
  static constexpr std::size_t kMaxMarks = 32 << 10;

  // A literal, with distance 0, or a copy. It takes `packed` bytes of the block.
  struct Element {
    std::size_t packed = 0;
    std::size_t bytes = 0;
    std::size_t distance = 0;
  };
  struct Mark {
    std::uint32_t at;     // of the output
    std::uint32_t place;  // of the block
  };

  static bool read(ConstBytes rest, Element& element);

  bool fail(DecompressError error);
  void note();
  bool look_up(LzPiece& piece);

  ConstBytes block_;        // without its header
  std::size_t place_ = 0;   // of the block: what comes next
  std::size_t at_ = 0;      // of the output: where that begins
  std::size_t bytes_ = 0;   // of the output: all that has to come out
  std::size_t far_at_ = 0;  // of the output: what is looked up next, and how much
  std::size_t far_bytes_ = 0;
  std::vector<Mark> marks_;  // at places where elements begin
  std::size_t next_mark_at_ = 0;
  std::size_t mark_distance_ = kFirstMarkDistance;
  std::uint64_t lookups_left_ = 0;
  DecompressError error_ = DecompressError::kNone;
};

}  // namespace kmirror::compression
