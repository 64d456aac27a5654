// The last output of a stream that refers back to what came out before, as lz4 and snappy do. Their
// large blocks are decoded through it, so that a block costs no more memory than a window, whatever
// its size; small ones are left to their libraries. Used inside this layer; one owner.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>

#include "base/bytes.h"

namespace kmirror::compression {

// Both formats are little-endian, unlike Kafka's.
template <std::integral T>
T load_le(const std::uint8_t* from) {
  return byte_swap(load_be<T>(from));
}

// What a block consists of: bytes as they are, then `length` bytes that repeat what came out
// `distance` bytes before them.
struct LzPiece {
  ConstBytes literals;
  std::size_t distance = 0;
  std::size_t length = 0;
};

class LzWindow {
 public:
  // How far back a piece may refer.
  static constexpr std::size_t kReachBytes = 64 << 10;
  // How much more there may be that has not been read.
  static constexpr std::size_t kRoomBytes = 64 << 10;

  bool has_unread() const { return read_ < end_; }

  // Gives what comes next of the output, at most as much as `out` takes.
  std::size_t read(MutableBytes out) {
    const std::size_t size = std::min(out.size(), end_ - read_);
    if (size > 0) std::memcpy(out.data(), memory_.get() + read_, size);
    read_ += size;
    return size;
  }

  // Where everything has been read and nothing is referred to any more.
  void clear() { read_ = end_ = 0; }

  // Room for a library to write to, at most kRoomBytes, where everything has been read; then
  // reach() lies before it.
  MutableBytes room(std::size_t bytes);
  ConstBytes reach() const {
    const std::size_t size = std::min(end_, kReachBytes);
    return {memory_.get() + end_ - size, size};
  }
  void commit(std::size_t bytes) { end_ += bytes; }

  // What came out without the window, and may be referred to.
  void note(ConstBytes output);

  // Goes on with the block where everything has been read, until there is no room left, or no
  // piece: then it is true. bool Block::next(LzPiece&) gives the pieces; they refer to what is
  // there.
  template <class Block>
  bool decode(Block& block) {
    room(1);
    while (put()) {
      if (!block.next(piece_)) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kBytes = kReachBytes + kRoomBytes;
  // Copies are put in chunks, which may go beyond their end.
  static constexpr std::size_t kChunkBytes = 16;

  // Puts as much of the piece as there is room for, and tells whether that was all of it.
  bool put() {
    const std::size_t literals = std::min(piece_.literals.size(), kBytes - end_);
    if (literals > 0) std::memcpy(memory_.get() + end_, piece_.literals.data(), literals);
    piece_.literals = piece_.literals.subspan(literals);
    end_ += literals;
    const std::size_t length = std::min(piece_.length, kBytes - end_);
    if (length > 0) repeat(length);
    piece_.length -= length;
    return piece_.literals.empty() && piece_.length == 0;
  }

  void repeat(std::size_t length) {
    std::uint8_t* to = memory_.get() + end_;
    const std::uint8_t* const from = to - piece_.distance;
    end_ += length;
    // The format has no distance of 0. liblz4 makes zeros of it, so that is what it means here.
    if (piece_.distance == 0) std::memset(to, 0, length);
    if (piece_.distance >= kChunkBytes) {
      for (std::size_t at = 0; at < length; at += kChunkBytes) {
        std::memcpy(to + at, from + at, kChunkBytes);
      }
      return;
    }
    // Where the source runs into what is put, twice as much is there each time.
    while (length > 0 && from != to) {
      const std::size_t size = std::min(length, static_cast<std::size_t>(to - from));
      std::memcpy(to, from, size);
      to += size;
      length -= size;
    }
  }

  std::unique_ptr<std::uint8_t[]> memory_;  // kBytes and a chunk, from the first use on
  std::size_t read_ = 0;
  std::size_t end_ = 0;
  LzPiece piece_;  // what is left to put
};

inline MutableBytes LzWindow::room(std::size_t bytes) {
  if (memory_ == nullptr)
    memory_ = std::make_unique_for_overwrite<std::uint8_t[]>(kBytes + kChunkBytes);
  if (kBytes - end_ < bytes) {
    std::memmove(memory_.get(), memory_.get() + end_ - kReachBytes, kReachBytes);
    read_ = end_ = kReachBytes;
  }
  return {memory_.get() + end_, bytes};
}

inline void LzWindow::note(ConstBytes output) {
  while (!output.empty()) {
    const std::size_t size = std::min(output.size(), kRoomBytes);
    std::memcpy(room(size).data(), output.data(), size);
    end_ += size;
    read_ = end_;
    output = output.subspan(size);
  }
}

}  // namespace kmirror::compression
