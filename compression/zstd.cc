#include "compression/zstd.h"

#include <zstd.h>

#include <memory>

#include "base/check.h"

namespace kmirror::compression {
namespace {

struct FreeContext {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
using Decoder = std::unique_ptr<ZSTD_DCtx, FreeContext>;
using Encoder = std::unique_ptr<ZSTD_CCtx, FreeContext>;

DecompressError decompress_with(ZSTD_DCtx* context, ConstBytes in, BoundedOutput& out) {
  ZSTD_inBuffer input = {in.data(), in.size(), 0};
  bool frame_ended = false;
  while (input.pos < input.size || !frame_ended) {
    const MutableBytes window = out.window();
    ZSTD_outBuffer output = {window.data(), window.size(), 0};
    const std::size_t hint = ZSTD_decompressStream(context, &output, &input);
    if (ZSTD_isError(hint)) return DecompressError::kCorrupt;
    out.commit(output.pos);
    if (out.over_limit()) return DecompressError::kTooLarge;
    frame_ended = hint == 0;
    // Room left over means that the input is used up before the frame's end.
    if (!frame_ended && output.pos < output.size) return DecompressError::kCorrupt;
  }
  return DecompressError::kNone;
}

}  // namespace

DecompressError zstd_decompress(ConstBytes in, BoundedOutput& out) {
  thread_local Decoder context;
  if (!context) context.reset(ZSTD_createDCtx());
  KM_CHECK(context, "libzstd has memory");
  ZSTD_DCtx_reset(context.get(), ZSTD_reset_session_only);
  const DecompressError error = decompress_with(context.get(), in, out);
  // A frame may ask for a window of up to 128 MiB; its pages are touched only as it is filled.
  if (ZSTD_sizeof_DCtx(context.get()) > kMaxKeptBytes) context.reset();
  return error;
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
