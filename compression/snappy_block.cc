#include "compression/snappy_block.h"

#include <algorithm>
#include <iterator>

namespace kmirror::compression {
namespace {

// Of an element's first byte the two low bits (format_description.txt of snappy).
enum Kind : std::uint8_t { kLiteral, kCopy1, kCopy2, kCopy4 };

constexpr std::size_t kLengthFollows = 60;  // literals' lengths from here on stand in 1 to 4 bytes

// How many elements are looked at for each byte of a block, which bounds the time. More are needed
// the larger a block is, as repetitions of repetitions have a longer way back: records of 70 KB
// that are nearly equal need about 50 in a block of 10 MiB.
constexpr std::uint64_t kLookupsPerByte = 512;

std::size_t extra_bytes(std::uint8_t tag) {
  const std::size_t high = tag >> 2;
  if ((tag & 3) == kCopy4) return 4;
  if ((tag & 3) != kLiteral) return tag & 3;
  return high < kLengthFollows ? 0 : high - kLengthFollows + 1;
}

}  // namespace

SnappyBlock::SnappyBlock(ConstBytes packed, std::size_t bytes)
    : bytes_(bytes), lookups_left_(kLookupsPerByte * packed.size()) {
  std::size_t header = 0;
  while ((packed[header] & 0x80) != 0) ++header;
  block_ = packed.subspan(header + 1);
}

bool SnappyBlock::read(ConstBytes rest, Element& element) {
  const std::uint8_t tag = rest.front();
  const std::size_t extra = extra_bytes(tag);
  if (rest.size() <= extra) return false;
  std::uint32_t value = 0;
  if (rest.size() > sizeof(value)) {
    const std::uint64_t mask = (std::uint64_t{1} << (8 * extra)) - 1;
    value = static_cast<std::uint32_t>(load_le<std::uint32_t>(&rest[1]) & mask);
  } else {
    for (std::size_t i = extra; i > 0; --i) value = value << 8 | rest[i];
  }
  element = {.packed = 1 + extra, .bytes = (tag >> 2) + std::size_t{1}, .distance = value};
  switch (static_cast<Kind>(tag & 3)) {
    case kLiteral:
      // In 32 bits, as libsnappy counts: a length of 2^32 is one of 0.
      if (extra > 0) element.bytes = value + 1;
      element.distance = 0;
      element.packed += element.bytes;
      return element.packed <= rest.size();
    case kCopy1:
      element.bytes = 4 + (tag >> 2 & 7);
      element.distance |= static_cast<std::size_t>(tag >> 5) << 8;
      break;
    case kCopy2:
    case kCopy4:
      break;
  }
  return element.distance != 0;
}

bool SnappyBlock::fail(DecompressError error) {
  error_ = error;
  return false;
}

bool SnappyBlock::next(LzPiece& piece) {
  if (error_ != DecompressError::kNone) return false;
  if (far_bytes_ > 0) return look_up(piece);
  if (place_ == block_.size()) {
    return at_ == bytes_ ? false : fail(DecompressError::kCorrupt);
  }
  Element element;
  const ConstBytes rest = block_.subspan(place_);
  if (!read(rest, element) || element.bytes > bytes_ - at_ || element.distance > at_) {
    return fail(DecompressError::kCorrupt);
  }
  note();
  const std::size_t from = at_ - element.distance;
  place_ += element.packed;
  at_ += element.bytes;
  if (element.distance > LzWindow::kReachBytes) {
    far_at_ = from;
    far_bytes_ = element.bytes;
    return look_up(piece);
  }
  piece = {};
  if (element.distance == 0) {
    piece.literals = rest.subspan(element.packed - element.bytes, element.bytes);
  } else {
    piece.distance = element.distance;
    piece.length = element.bytes;
  }
  return true;
}

// A mark for where the block is, if the last one is far enough away. Where there are too many each
// other one goes.
void SnappyBlock::note() {
  if (at_ < next_mark_at_) return;
  if (marks_.size() == kMaxMarks) {
    for (std::size_t i = 0; i < kMaxMarks / 2; ++i) marks_[i] = marks_[2 * i];
    marks_.resize(kMaxMarks / 2);
    mark_distance_ *= 2;
  }
  marks_.push_back({static_cast<std::uint32_t>(at_), static_cast<std::uint32_t>(place_)});
  next_mark_at_ = at_ + mark_distance_;
}

// The first bytes of what is to be looked up: as many as are in one literal of the block.
bool SnappyBlock::look_up(LzPiece& piece) {
  std::size_t at = far_at_;
  std::size_t bytes = far_bytes_;
  while (true) {
    const auto behind = std::ranges::upper_bound(marks_, at, {}, &Mark::at);
    std::size_t place = std::prev(behind)->place;
    std::size_t begin = std::prev(behind)->at;
    Element element;
    while (true) {
      if (lookups_left_-- == 0) return fail(DecompressError::kWindowTooLarge);
      read(block_.subspan(place), element);
      if (at < begin + element.bytes) break;
      begin += element.bytes;
      place += element.packed;
    }
    const std::size_t within = at - begin;
    bytes = std::min(bytes, element.bytes - within);
    if (element.distance == 0) {
      piece = {.literals = block_.subspan(place + element.packed - element.bytes + within, bytes)};
      far_at_ += bytes;
      far_bytes_ -= bytes;
      return true;
    }
    // Where a copy is longer than its distance, it repeats itself.
    const std::size_t within_source = within % element.distance;
    bytes = std::min(bytes, element.distance - within_source);
    at = begin - element.distance + within_source;
  }
}

}  // namespace kmirror::compression
