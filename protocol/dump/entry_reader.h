// Reads record batches and messages of formats 0 and 1, one after the other, from a stream of any
// length: a broker's log segment, or the records of one partition. Holds a window of it, or as much
// of one entry as its reader wants in one piece; memory grows with the bytes that come, never with
// a length that they claim. One owner.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/bytes.h"
#include "base/growing_memory.h"
#include "protocol/records/batch_view.h"
#include "protocol/records/malformed.h"

namespace kmirror::protocol {

// Where the bytes come from.
struct ByteSource {
  // Fills `room`, or the beginning of it, and says how far; 0 at the end.
  std::function<std::size_t(MutableBytes room)> read;
  // Goes to a position, counted from where the first byte came. None if bytes come only once.
  std::function<void(std::uint64_t position)> seek = nullptr;
};

class EntryReader {
 public:
  enum class Step : std::uint8_t {
    kEntry,      // a batch or message with a whole header; where it ends is still to be seen
    kEnd,        // nothing is left
    kPadding,    // only zero bytes are left: Kafka preallocates segments
    kCut,        // the input ended inside the last entry
    kMalformed,  // what() says why
  };

  explicit EntryReader(ByteSource source);

  // Moves behind the current entry. After anything but kEntry every call answers the same.
  Step next();

  // Where the entry, or what the reader stopped at, begins in the stream.
  std::uint64_t position() const { return position_; }
  // Of the entry as its length field has it; after kCut what is there of it, after kPadding the
  // number of zero bytes.
  std::uint64_t size() const { return size_; }
  const char* what() const { return what_; }

  std::int8_t magic() const { return load_be<std::int8_t>(header_.data() + batch_field::kMagic); }
  // The first bytes of the entry, as many as a header of its format can have. Stays until next(),
  // whatever else is read.
  ConstBytes header() const { return {header_.data(), header_size_}; }

  // The bytes of the entry, header included, piece by piece; empty when none are left, or the input
  // has ended. A piece stays until the next call.
  ConstBytes next_piece();

  // The first bytes of the entry in one piece, before any piece of it was taken: at most `limit`,
  // and fewer where the entry or the input ends.
  ConstBytes first(std::uint64_t limit);

  // Goes back to the beginning of the entry; only if the source can seek.
  bool can_restart() const { return source_.seek != nullptr; }
  void restart();

  // All of the entry was taken, so it is not cut.
  bool is_complete() const { return left_ == 0; }

 private:
  std::size_t buffered() const { return end_ - begin_; }
  std::size_t fill(std::size_t wanted);
  Step stop(Step step, std::uint64_t size, const char* what = nullptr);
  Step find_padding(const char* otherwise);

  ByteSource source_;
  GrowingMemory memory_;
  std::size_t begin_ = 0;  // of what was read and not yet taken
  std::size_t end_ = 0;
  bool at_end_ = false;

  std::array<std::uint8_t, kBatchHeaderBytes> header_{};
  std::size_t header_size_ = 0;
  std::uint64_t position_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t left_ = 0;  // of the entry, in bytes
  Step step_ = Step::kEntry;
  const char* what_ = nullptr;
};

}  // namespace kmirror::protocol
