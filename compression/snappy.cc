#include "compression/snappy.h"

#include <snappy.h>

#include <algorithm>
#include <array>

#include "compression/lz_window.h"
#include "compression/snappy_block.h"

namespace kmirror::compression {
namespace {

// The header of xerial's framing (org.xerial.snappy.SnappyCodec): magic, then the version and the
// lowest compatible version, both int32 and 1. Blocks follow, each behind its int32 size.
constexpr std::array<std::uint8_t, 16> kHeader = {0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0,
                                                  0,    0,   0,   1,   0,   0,   0,   1};
constexpr std::size_t kMagicBytes = 8;
constexpr std::int32_t kLowestVersion = 1;

// What org.xerial.snappy.SnappyOutputStream gathers before it writes a block.
constexpr std::size_t kBlockBytes = 32 << 10;

// Snappy's best element makes 64 bytes of 3, so no honest block grows by more than this.
constexpr std::size_t kMaxGrowth = 22;

constexpr std::size_t kMaxUncheckedBytes = 1 << 20;

const char* chars(const std::uint8_t* bytes) {
  return reinterpret_cast<const char*>(bytes);
}

bool has_magic(ConstBytes in) {
  return in.size() >= kMagicBytes && std::equal(in.data(), in.data() + kMagicBytes, kHeader.data());
}

// One block, and the size that it declares.
struct Block {
  ConstBytes packed;
  std::size_t size = 0;

  // A block that declares much is decoded once without output before memory is taken for it.
  bool is_worth_its_size() const {
    return size <= kMaxUncheckedBytes ||
           ::snappy::IsValidCompressedBuffer(chars(packed.data()), packed.size());
  }

  bool unpack_to(std::uint8_t* out) const {
    return ::snappy::RawUncompress(chars(packed.data()), packed.size(),
                                   reinterpret_cast<char*>(out));
  }
};

// The blocks of a stream, one after the other.
class Blocks {
 public:
  explicit Blocks(ConstBytes in) : rest_(in), is_raw_(!has_magic(in)) {}

  // False at the end and where the stream is corrupt. A block's size is one that it may have.
  bool next(Block& block) {
    if (is_raw_) {
      if (raw_block_taken_) return false;
      raw_block_taken_ = true;
      block.packed = rest_;
    } else if (!next_framed(block.packed)) {
      return false;
    }
    if (has_honest_size(block)) return true;
    return fail();
  }

  bool is_corrupt() const { return is_corrupt_; }

 private:
  bool fail() {
    is_corrupt_ = true;
    return false;
  }

  bool next_framed(ConstBytes& packed) {
    // A header may also stand between blocks: xerial's reader takes concatenated streams.
    while (has_magic(rest_)) {
      if (rest_.size() < kHeader.size()) return fail();
      if (load_be<std::int32_t>(rest_.data() + kMagicBytes) < kLowestVersion) return fail();
      rest_ = rest_.subspan(kHeader.size());
    }
    if (rest_.empty()) return false;
    if (rest_.size() < sizeof(std::int32_t)) return fail();
    const auto size = load_be<std::int32_t>(rest_.data());
    rest_ = rest_.subspan(sizeof(size));
    if (size < 0 || static_cast<std::size_t>(size) > rest_.size()) return fail();
    packed = rest_.first(static_cast<std::size_t>(size));
    rest_ = rest_.subspan(packed.size());
    return true;
  }

  static bool has_honest_size(Block& block) {
    const char* packed = chars(block.packed.data());
    if (!::snappy::GetUncompressedLength(packed, block.packed.size(), &block.size)) return false;
    return block.size <= block.packed.size() * kMaxGrowth;
  }

  ConstBytes rest_;
  bool is_raw_;
  bool raw_block_taken_ = false;
  bool is_corrupt_ = false;
};

class SnappyDecompressor : public Decompressor {
 public:
  explicit SnappyDecompressor(ConstBytes in) : blocks_(in) {}

 private:
  std::size_t step(MutableBytes room) override {
    if (window_.has_unread()) return window_.read(room);
    if (is_in_block_) {
      is_in_block_ = !window_.decode(block_);
      return window_.read(room);
    }
    if (block_.error() != DecompressError::kNone) return end(block_.error());
    Block block;
    if (!blocks_.next(block)) {
      return end(blocks_.is_corrupt() ? DecompressError::kCorrupt : DecompressError::kNone);
    }
    return begin_block(block, room);
  }

  // All at once, by libsnappy: to its place, or to the window if it fits there; or else in pieces.
  // So is one that is damaged: what is good of it comes out before.
  std::size_t begin_block(const Block& block, MutableBytes room) {
    window_.clear();
    if (block.size <= room.size()) {
      if (block.unpack_to(room.data())) return block.size;
    } else if (block.size <= LzWindow::kRoomBytes) {
      if (block.unpack_to(window_.room(block.size).data())) {
        window_.commit(block.size);
        return window_.read(room);
      }
    }
    block_ = SnappyBlock(block.packed, block.size);
    is_in_block_ = true;
    return 0;
  }

  Blocks blocks_;
  SnappyBlock block_;         // in the window, piece by piece
  bool is_in_block_ = false;  // and not at its end
  LzWindow window_;
};

}  // namespace

std::unique_ptr<Decompressor> snappy_decompressor(ConstBytes in) {
  return std::make_unique<SnappyDecompressor>(in);
}

DecompressError snappy_decompress(ConstBytes in, BoundedOutput& out) {
  Blocks blocks(in);
  Block block;
  while (blocks.next(block)) {
    if (block.size > out.left()) return DecompressError::kTooLarge;
    if (!block.is_worth_its_size()) return DecompressError::kCorrupt;
    if (!block.unpack_to(out.room(block.size).data())) return DecompressError::kCorrupt;
    out.commit(block.size);
  }
  return blocks.is_corrupt() ? DecompressError::kCorrupt : DecompressError::kNone;
}

void snappy_compress(ConstBytes in, std::optional<int> /*level*/, Buffer& out) {
  out.insert(out.end(), kHeader.begin(), kHeader.end());
  const MutableBytes room = thread_scratch(::snappy::MaxCompressedLength(kBlockBytes));
  while (!in.empty()) {
    const ConstBytes block = in.first(std::min(in.size(), kBlockBytes));
    std::size_t size = 0;
    ::snappy::RawCompress(chars(block.data()), block.size(), reinterpret_cast<char*>(room.data()),
                          &size);
    const std::size_t prefix = out.size();
    out.resize(prefix + sizeof(std::int32_t));
    store_be(out.data() + prefix, static_cast<std::int32_t>(size));
    out.insert(out.end(), room.data(), room.data() + size);
    in = in.subspan(block.size());
  }
}

}  // namespace kmirror::compression
