#include "compression/lz4.h"

#include <lz4frame.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"
#include "compression/context_pool.h"
#include "compression/output.h"

namespace kmirror::compression {
namespace {

// Without it liblz4 would also take skippable frames and its own legacy format, which Java does
// not.
constexpr std::array<std::uint8_t, 4> kMagic = {0x04, 0x22, 0x4d, 0x18};

// Magic, flags, block size, header checksum.
constexpr std::size_t kShortestHeader = 7;
constexpr std::size_t kBlockSizeAt = 5;

// Kafka's default level, and its name for the fast compressor (Lz4BlockOutputStream). liblz4's is
// 0; it takes 1 and 2 for fast too, where Java's library searches harder.
constexpr int kKafkaDefaultLevel = 9;

class Decoder {
 public:
  Decoder() { make(); }
  ~Decoder() { LZ4F_freeDecompressionContext(context_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // In the midst of a frame LZ4F_resetDecompressionContext is not enough: it keeps what is left of
  // the size that the frame declared, and liblz4 would refuse every later frame for it.
  void reset() {
    if (!is_in_frame_) return;
    LZ4F_freeDecompressionContext(context_);
    make();
  }
  // Behind a header that was refused it is: nothing was kept of it.
  void reset_header() { LZ4F_resetDecompressionContext(context_); }
  void note_frame_end() { is_in_frame_ = false; }
  // The largest block size it has met, 64 KiB (id 4) to 4 MiB (id 7), twice.
  std::size_t allocated_bytes() const { return std::size_t{2} << (8 + 2 * largest_block_size_id_); }
  void note_block_size(std::uint8_t descriptor) {
    largest_block_size_id_ = std::max(largest_block_size_id_, (descriptor >> 4) & 7);
  }
  LZ4F_dctx* context() {
    is_in_frame_ = true;
    return context_;
  }

 private:
  void make() {
    const LZ4F_errorCode_t code = LZ4F_createDecompressionContext(&context_, LZ4F_VERSION);
    KM_CHECK(!LZ4F_isError(code), "liblz4 has memory");
    largest_block_size_id_ = 0;
    is_in_frame_ = false;
  }

  LZ4F_dctx* context_ = nullptr;
  int largest_block_size_id_ = 0;
  bool is_in_frame_ = false;
};

class Lz4Decompressor : public Decompressor {
 public:
  Lz4Decompressor(ConstBytes in, Lz4Header header) : in_(in) {
    if (in.size() < kShortestHeader || !std::equal(kMagic.begin(), kMagic.end(), in.data())) {
      end(DecompressError::kCorrupt);
      return;
    }
    decoder_->note_block_size(in[kBlockSizeAt]);
    if (header == Lz4Header::kAnyChecksum) take_header();
  }

 private:
  std::size_t step(MutableBytes room) override {
    std::size_t written = room.size();
    std::size_t read = in_.size();
    const std::size_t hint =
        LZ4F_decompress(decoder_->context(), room.data(), &written, in_.data(), &read, nullptr);
    if (LZ4F_isError(hint)) return end(DecompressError::kCorrupt);
    in_ = in_.subspan(read);
    if (hint == 0) {
      decoder_->note_frame_end();
      // Java reads one frame and ignores what follows; that would be to skip bytes silently.
      return end(in_.empty() ? DecompressError::kNone : DecompressError::kCorrupt, written);
    }
    // Room left over means that the input is used up before the frame's end.
    if (written < room.size()) return end(DecompressError::kCorrupt, written);
    return written;
  }

  // liblz4 cannot be told to ignore the checksum, which is the header's last byte. One of its 256
  // values is right, unless something else is wrong with the header.
  void take_header() {
    std::array<std::uint8_t, LZ4F_HEADER_SIZE_MAX> header;
    const std::size_t size = LZ4F_headerSize(in_.data(), in_.size());
    if (LZ4F_isError(size) || size > in_.size()) {
      end(DecompressError::kCorrupt);
      return;
    }
    std::copy_n(in_.data(), size, header.data());
    for (int checksum = 0; checksum < 256; ++checksum) {
      header[size - 1] = static_cast<std::uint8_t>(checksum);
      LZ4F_frameInfo_t info;
      std::size_t read = size;
      decoder_->reset_header();
      if (LZ4F_isError(LZ4F_getFrameInfo(decoder_->context(), &info, header.data(), &read))) {
        continue;
      }
      in_ = in_.subspan(size);
      return;
    }
    end(DecompressError::kCorrupt);
  }

  Pooled<Decoder> decoder_;
  ConstBytes in_;
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
