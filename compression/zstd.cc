#include "compression/zstd.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/check.h"
#include "compression/context_pool.h"
#include "compression/output.h"

namespace kmirror::compression {
namespace {

struct FreeEncoder {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
using Encoder = std::unique_ptr<ZSTD_CCtx, FreeEncoder>;

class Decoder {
 public:
  Decoder() : context_(ZSTD_createDCtx()) { KM_CHECK(context_ != nullptr, "libzstd has memory"); }
  ~Decoder() { ZSTD_freeDCtx(context_); }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  void reset() { ZSTD_DCtx_reset(context_, ZSTD_reset_session_only); }
  // A frame may ask for a window of up to 128 MiB; its pages are touched only as it is filled.
  std::size_t allocated_bytes() const { return ZSTD_sizeof_DCtx(context_); }
  ZSTD_DCtx* context() { return context_; }

 private:
  ZSTD_DCtx* context_;
};

// RFC 8878, 3.1.1.1. What libzstd takes by default.
constexpr std::uint64_t kMaxWindowBytes = std::uint64_t{128} << 20;
constexpr std::array<std::uint8_t, 4> kMagic = {0x28, 0xb5, 0x2f, 0xfd};
constexpr std::uint8_t kSingleSegment = 0x20;  // of the flags: there is no byte for the window

// Of the frame that `in` begins with; 0 where the header has none.
std::uint64_t declared_window_bytes(ConstBytes in) {
  if (in.size() < kMagic.size() + 2 || !std::equal(kMagic.begin(), kMagic.end(), in.begin()) ||
      (in[kMagic.size()] & kSingleSegment) != 0) {
    return 0;
  }
  const std::uint8_t window = in[kMagic.size() + 1];
  const std::uint64_t base = std::uint64_t{1} << (10 + (window >> 3));
  return base + base / 8 * (window & 7);
}

class ZstdDecompressor : public Decompressor {
 public:
  explicit ZstdDecompressor(ConstBytes in) : input_{in.data(), in.size(), 0} {}

 private:
  std::size_t step(MutableBytes room) override {
    if (at_frame_start_ && !begin_frame()) return end(DecompressError::kWindowTooLarge);
    ZSTD_outBuffer output = {room.data(), room.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(decoder_->context(), &output, &input_);
    if (ZSTD_isError(hint)) return end(error_of(hint));
    frame_bytes_ += output.pos;
    if (hint == 0) {
      // libzstd leaves this to us where the last block is empty.
      if (frame_bytes_ != declared_bytes_.value_or(frame_bytes_)) {
        return end(DecompressError::kCorrupt, output.pos);
      }
      // Another frame may follow.
      at_frame_start_ = true;
      if (input_.pos == input_.size) return end(DecompressError::kNone, output.pos);
    } else if (output.pos < output.size) {
      // Room left over means that the input is used up before the frame's end.
      return end(DecompressError::kCorrupt, output.pos);
    }
    return output.pos;
  }

  // False if its window is too large. libzstd would overlook that where `room` takes all of it.
  bool begin_frame() {
    const auto* const frame = static_cast<const std::uint8_t*>(input_.src) + input_.pos;
    const std::size_t bytes = input_.size - input_.pos;
    if (declared_window_bytes({frame, bytes}) > kMaxWindowBytes) return false;
    const unsigned long long declared = ZSTD_getFrameContentSize(frame, bytes);
    declared_bytes_.reset();
    if (declared < ZSTD_CONTENTSIZE_ERROR) declared_bytes_ = declared;
    frame_bytes_ = 0;
    at_frame_start_ = false;
    return true;
  }

  static DecompressError error_of(std::size_t code) {
    return ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge
               ? DecompressError::kWindowTooLarge
               : DecompressError::kCorrupt;
  }

  Pooled<Decoder> decoder_;
  ZSTD_inBuffer input_;
  bool at_frame_start_ = true;
  std::optional<unsigned long long> declared_bytes_;  // by the header of the frame, if it does
  unsigned long long frame_bytes_ = 0;                // decompressed of it
};

}  // namespace

std::unique_ptr<Decompressor> zstd_decompressor(ConstBytes in) {
  return std::make_unique<ZstdDecompressor>(in);
}

void zstd_compress(ConstBytes in, std::optional<int> level, Buffer& out) {
  thread_local Encoder context;
  if (!context) context.reset(ZSTD_createCCtx());
  KM_CHECK(context, "libzstd has memory");
  const MutableBytes room = thread_scratch(ZSTD_compressBound(in.size()));
  const std::size_t size = ZSTD_compressCCtx(context.get(), room.data(), room.size(), in.data(),
                                             in.size(), level.value_or(ZSTD_CLEVEL_DEFAULT));
  KM_CHECK(!ZSTD_isError(size), "ZSTD_compressBound gives enough room");
  out.insert(out.end(), room.data(), room.data() + size);
  if (ZSTD_sizeof_CCtx(context.get()) > kMaxKeptBytes) context.reset();
}

}  // namespace kmirror::compression
