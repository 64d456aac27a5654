#include "compression/lz4.h"

#include <lz4.h>
#include <lz4frame.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

#include "base/check.h"
#include "compression/lz4_block.h"
#include "compression/lz_window.h"
#include "compression/output.h"

namespace kmirror::compression {
namespace {

// A frame (lz4_Frame_format.md): magic, flags, block size, content size if the flags say so, one
// byte of checksum. Then blocks, each behind a word that holds its size, and a word of 0.
constexpr std::array<std::uint8_t, 4> kMagic = {0x04, 0x22, 0x4d, 0x18};
constexpr std::size_t kFlagsAt = 4;
constexpr std::size_t kBlockSizeAt = 5;
constexpr std::size_t kContentSizeAt = 6;
constexpr std::size_t kShortestHeader = 7;
constexpr std::size_t kWordBytes = 4;

// Version 1. The lowest bits are reserved and a dictionary's, which Java does not take either.
constexpr std::uint8_t kFixedFlags = 0xc3;
constexpr std::uint8_t kVersion1 = 0x40;
constexpr std::uint8_t kIndependentBlocks = 0x20;
constexpr std::uint8_t kBlockChecksums = 0x10;
constexpr std::uint8_t kContentSize = 0x08;
constexpr std::uint8_t kContentChecksum = 0x04;

constexpr std::uint8_t kReservedOfBlockSize = 0x8f;
constexpr int kSmallestBlockSizeId = 4;  // 64 KiB; each one more is four times as much
constexpr std::size_t kSmallestBlockBytes = 64 << 10;

constexpr std::uint32_t kStored = 0x80000000;  // of a block's size: it is not compressed

// Blocks that are packed more densely are rare, so no more room is made for one at once.
constexpr std::size_t kUsualRatio = 4;

// Kafka's default level, and its name for the fast compressor (Lz4BlockOutputStream). liblz4's is
// 0; it takes 1 and 2 for fast too, where Java's library searches harder.
constexpr int kKafkaDefaultLevel = 9;

const char* chars(ConstBytes bytes) {
  return reinterpret_cast<const char*>(bytes.data());
}

char* chars(MutableBytes bytes) {
  return reinterpret_cast<char*>(bytes.data());
}

std::uint32_t checksum_of(ConstBytes bytes) {
  return XXH32(bytes.data(), bytes.size(), 0);
}

// LZ4F_decompress would keep two blocks in memory, 8 MiB if the frame says so.
class Lz4Decompressor : public Decompressor {
 public:
  Lz4Decompressor(ConstBytes in, Lz4Header header) : in_(in) {
    if (!take_header(header)) end(DecompressError::kCorrupt);
    XXH32_reset(&content_checksum_, 0);
  }

  std::size_t wanted_room() const override {
    if (in_.size() < kWordBytes) return Decompressor::wanted_room();
    const std::size_t size = load_le<std::uint32_t>(in_.data()) & ~kStored;
    return room_for(std::min(size, in_.size()));
  }

 private:
  bool has(std::uint8_t flag) const { return (flags_ & flag) != 0; }

  bool take_header(Lz4Header header) {
    // Other magics are skippable frames and a legacy format, which Java does not take.
    if (in_.size() < kShortestHeader || !std::equal(kMagic.begin(), kMagic.end(), in_.data())) {
      return false;
    }
    flags_ = in_[kFlagsAt];
    const std::uint8_t block_size = in_[kBlockSizeAt];
    const int id = block_size >> 4;
    if ((flags_ & kFixedFlags) != kVersion1 || (block_size & kReservedOfBlockSize) != 0 ||
        id < kSmallestBlockSizeId) {
      return false;
    }
    block_bytes_ = std::size_t{1} << (8 + 2 * id);
    const std::size_t size = kShortestHeader + (has(kContentSize) ? sizeof(declared_bytes_) : 0);
    if (in_.size() < size) return false;
    if (has(kContentSize)) declared_bytes_ = load_le<std::uint64_t>(in_.data() + kContentSizeAt);
    const ConstBytes checked = in_.subspan(kFlagsAt, size - 1 - kFlagsAt);
    const auto checksum = static_cast<std::uint8_t>(checksum_of(checked) >> 8);
    if (header == Lz4Header::kChecked && in_[size - 1] != checksum) return false;
    in_ = in_.subspan(size);
    return true;
  }

  bool take_word(std::uint32_t& word) {
    if (in_.size() < kWordBytes) return false;
    word = load_le<std::uint32_t>(in_.data());
    in_ = in_.subspan(kWordBytes);
    return true;
  }

  std::size_t step(MutableBytes room) override {
    const std::size_t written = decode(room);
    decoded_bytes_ += written;
    if (has(kContentChecksum)) XXH32_update(&content_checksum_, room.data(), written);
    return written;
  }

  std::size_t decode(MutableBytes room) {
    if (window_.has_unread()) return window_.read(room);
    if (!stored_.empty()) return copy_stored(room);
    if (is_in_block_) {
      is_in_block_ = !window_.decode(block_);
      return window_.read(room);
    }
    std::uint32_t word = 0;
    if (block_.is_damaged() || !take_word(word)) return end(DecompressError::kCorrupt);
    if (word == 0) return end(ends_well() ? DecompressError::kNone : DecompressError::kCorrupt);
    return begin_block(word, room);
  }

  // Of a block that is cut what is there comes out; then there is no word for the next.
  std::size_t begin_block(std::uint32_t word, MutableBytes room) {
    const std::size_t size = word & ~kStored;
    if (size > block_bytes_) return end(DecompressError::kCorrupt);
    const ConstBytes packed = in_.first(std::min(size, in_.size()));
    in_ = in_.subspan(packed.size());
    std::uint32_t checksum = 0;
    if (has(kBlockChecksums) && take_word(checksum) && checksum != checksum_of(packed)) {
      return end(DecompressError::kCorrupt);
    }
    if ((word & kStored) != 0) {
      stored_ = packed;
      return 0;
    }
    if (has(kIndependentBlocks)) window_.clear();
    const std::optional<std::size_t> written = unpack(packed, room);
    if (written) return *written;
    // Too large, or damaged: then what is good of it comes out before.
    block_ = Lz4Block(packed, block_bytes_, window_.reach().size());
    is_in_block_ = true;
    return 0;
  }

  // All at once, by liblz4: to its place, or through the window if it fits there.
  std::optional<std::size_t> unpack(ConstBytes packed, MutableBytes room) {
    if (has(kIndependentBlocks) && room.size() >= room_for(packed.size())) {
      const std::size_t most = std::min(room.size(), block_bytes_);
      return unpack_to(room.first(most), packed, {});
    }
    if (block_bytes_ > LzWindow::kRoomBytes) return {};
    // No more than can come out: each time room is made the reach is moved.
    const MutableBytes to = window_.room(room_for(packed.size()));
    const std::optional<std::size_t> size = unpack_to(to, packed, window_.reach());
    if (!size) return {};
    window_.commit(*size);
    return window_.read(room);
  }

  static std::optional<std::size_t> unpack_to(MutableBytes to, ConstBytes packed,
                                              ConstBytes reach) {
    const int size = LZ4_decompress_safe_usingDict(
        chars(packed), chars(to), static_cast<int>(packed.size()), static_cast<int>(to.size()),
        chars(reach), static_cast<int>(reach.size()));
    if (size < 0) return {};
    return static_cast<std::size_t>(size);
  }

  // What a block of so many bytes is decoded to at once.
  std::size_t room_for(std::size_t packed_bytes) const {
    return std::min(block_bytes_, std::max(kSmallestBlockBytes, kUsualRatio * packed_bytes));
  }

  std::size_t copy_stored(MutableBytes room) {
    const std::size_t size = std::min(stored_.size(), room.size());
    std::copy_n(stored_.data(), size, room.data());
    if (!has(kIndependentBlocks)) window_.note(stored_.first(size));
    stored_ = stored_.subspan(size);
    return size;
  }

  bool ends_well() {
    if (declared_bytes_ != 0 && declared_bytes_ != decoded_bytes_) return false;
    std::uint32_t checksum = 0;
    if (has(kContentChecksum) &&
        (!take_word(checksum) || checksum != XXH32_digest(&content_checksum_))) {
      return false;
    }
    // Java reads one frame and ignores what follows; that would be to skip bytes silently.
    return in_.empty();
  }

  ConstBytes in_;
  std::uint8_t flags_ = 0;
  std::size_t block_bytes_ = kSmallestBlockBytes;
  std::uint64_t declared_bytes_ = 0;  // 0 as well where nothing is declared, as in liblz4
  std::uint64_t decoded_bytes_ = 0;
  XXH32_state_t content_checksum_;
  ConstBytes stored_;         // what has not been read of a block that is not compressed
  Lz4Block block_;            // in the window, piece by piece
  bool is_in_block_ = false;  // and not at its end
  LzWindow window_;
};

}  // namespace

std::unique_ptr<Decompressor> lz4_decompressor(ConstBytes in, Lz4Header header) {
  return std::make_unique<Lz4Decompressor>(in, header);
}

void lz4_compress(ConstBytes in, std::optional<int> level, Buffer& out) {
  LZ4F_preferences_t preferences = {};
  preferences.frameInfo.blockSizeID = LZ4F_max64KB;
  // Brokers reject linked blocks, liblz4's default (Lz4BlockOutputStream.FLG.validate).
  preferences.frameInfo.blockMode = LZ4F_blockIndependent;
  preferences.compressionLevel =
      level.value_or(kKafkaDefaultLevel) == kKafkaDefaultLevel ? 0 : *level;
  const MutableBytes room = thread_scratch(LZ4F_compressFrameBound(in.size(), &preferences));
  const std::size_t size =
      LZ4F_compressFrame(room.data(), room.size(), in.data(), in.size(), &preferences);
  KM_CHECK(!LZ4F_isError(size), "LZ4F_compressFrameBound gives enough room");
  out.insert(out.end(), room.data(), room.data() + size);
}

}  // namespace kmirror::compression
