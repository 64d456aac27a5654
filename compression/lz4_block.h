// A compressed block of lz4, taken apart for LzWindow. What it takes and refuses is what liblz4
// does (LZ4_decompress_safe), except that liblz4 is stricter with what lies in the last 32 bytes
// that a block may have; so whatever liblz4 takes may as well be read here, in pieces.
// A view; used inside this layer.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "compression/lz_window.h"

namespace kmirror::compression {

class Lz4Block {
 public:
  // No block: it has no pieces.
  Lz4Block() = default;

  // At most max_bytes may come out. The first piece may refer to `reach` bytes before the block.
  Lz4Block(ConstBytes packed, std::size_t max_bytes, std::size_t reach)
      : rest_(packed), left_(max_bytes), reach_(reach) {}

  // False at the block's end, and where it is damaged.
  bool next(LzPiece& piece) {
    if (rest_.empty()) return false;
    const std::uint8_t token = rest_.front();
    rest_ = rest_.subspan(1);
    std::size_t literals = token >> 4;
    // Where liblz4 does not ask how near the end is.
    const bool is_short = literals < kMoreFollows && rest_.size() >= kShortBytes;
    if (literals == kMoreFollows && !add_length(literals, kBehindLiteralsLength)) return fail();
    if (!is_short && literals + kBehindLiterals > rest_.size()) return take_last(literals, piece);
    if (literals > left_) return fail();
    piece.literals = rest_.first(literals);
    piece.distance = load_le<std::uint16_t>(rest_.data() + literals);
    piece.length = token & kMoreFollows;
    rest_ = rest_.subspan(literals + sizeof(std::uint16_t));
    if (piece.length == kMoreFollows && !add_length(piece.length, kBehindLength)) return fail();
    piece.length += kShortestCopy;
    reach_ += literals;
    left_ -= literals;
    if (piece.distance > reach_ || piece.length > left_) return fail();
    reach_ += piece.length;
    left_ -= piece.length;
    return true;
  }

  bool is_damaged() const { return is_damaged_; }

 private:
  static constexpr std::size_t kMoreFollows = 15;  // the largest length that the token holds
  static constexpr std::size_t kShortestCopy = 4;
  // Of the block there must be left: behind a token with few literals, behind a length of
  // literals, behind literals that are not the last, behind a copy's length.
  static constexpr std::size_t kShortBytes = 17;
  static constexpr std::size_t kBehindLiteralsLength = 15;
  static constexpr std::size_t kBehindLiterals = 8;
  static constexpr std::size_t kBehindLength = 4;

  bool fail() {
    is_damaged_ = true;
    rest_ = {};
    return false;
  }

  // Bytes of 255 and one that is less, of which `behind` bytes must be left.
  bool add_length(std::size_t& length, std::size_t behind) {
    std::uint8_t more = 255;
    while (more == 255) {
      if (rest_.size() <= behind) return false;
      more = rest_.front();
      rest_ = rest_.subspan(1);
      length += more;
    }
    return true;
  }

  // A block ends with literals.
  bool take_last(std::size_t literals, LzPiece& piece) {
    if (literals != rest_.size() || literals > left_) return fail();
    piece = {.literals = rest_};
    rest_ = {};
    return true;
  }

  ConstBytes rest_;
  std::size_t left_ = 0;
  std::size_t reach_ = 0;
  bool is_damaged_ = false;
};

}  // namespace kmirror::compression
