#include "compression/zstd.h"

#include <zstd.h>
#include <zstd_errors.h>

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

class ZstdDecompressor : public Decompressor {
 public:
  explicit ZstdDecompressor(ConstBytes in) : input_{in.data(), in.size(), 0} {}

 private:
  std::size_t step(MutableBytes room) override {
    if (at_frame_start_) begin_frame();
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

  void begin_frame() {
    const unsigned long long declared = ZSTD_getFrameContentSize(
        static_cast<const std::uint8_t*>(input_.src) + input_.pos, input_.size - input_.pos);
    declared_bytes_.reset();
    if (declared < ZSTD_CONTENTSIZE_ERROR) declared_bytes_ = declared;
    frame_bytes_ = 0;
    at_frame_start_ = false;
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
