#include "compression/lz4.h"

#include <lz4frame.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/check.h"

namespace kmirror::compression {
namespace {

// Without it liblz4 would also take skippable frames and its own legacy format, which Java does
// not.
constexpr std::array<std::uint8_t, 4> kMagic = {0x04, 0x22, 0x4d, 0x18};

// Magic, flags, block size, header checksum.
constexpr std::size_t kShortestHeader = 7;
constexpr std::size_t kBlockSizeAt = 5;
constexpr int kMaxKeptBlockSizeId = 6;  // 1 MiB, so that kMaxKeptBytes holds

// Kafka's default level, and its name for the fast compressor (Lz4BlockOutputStream). liblz4's is
// 0; it takes 1 and 2 for fast too, where Java's library searches harder.
constexpr int kKafkaDefaultLevel = 9;

struct FreeContext {
  void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
};
using Context = std::unique_ptr<LZ4F_dctx, FreeContext>;

Context make_context() {
  LZ4F_dctx* context = nullptr;
  const LZ4F_errorCode_t code = LZ4F_createDecompressionContext(&context, LZ4F_VERSION);
  KM_CHECK(!LZ4F_isError(code), "liblz4 has memory");
  return Context(context);
}

DecompressError decompress_with(LZ4F_dctx* context, ConstBytes in, BoundedOutput& out) {
  LZ4F_resetDecompressionContext(context);
  while (true) {
    const MutableBytes window = out.window();
    std::size_t written = window.size();
    std::size_t read = in.size();
    const std::size_t hint =
        LZ4F_decompress(context, window.data(), &written, in.data(), &read, nullptr);
    if (LZ4F_isError(hint)) return DecompressError::kCorrupt;
    out.commit(written);
    in = in.subspan(read);
    if (out.over_limit()) return DecompressError::kTooLarge;
    // Java reads one frame and ignores what follows; that would be to skip bytes silently.
    if (hint == 0) return in.empty() ? DecompressError::kNone : DecompressError::kCorrupt;
    // Room left over means that the input is used up before the frame's end.
    if (written < window.size()) return DecompressError::kCorrupt;
  }
}

}  // namespace

DecompressError lz4_decompress(ConstBytes in, BoundedOutput& out) {
  if (in.size() < kShortestHeader || !std::equal(kMagic.begin(), kMagic.end(), in.data())) {
    return DecompressError::kCorrupt;
  }
  thread_local Context context;
  if (!context) context = make_context();
  const DecompressError error = decompress_with(context.get(), in, out);
  // The context holds up to two blocks of the frame's largest size, 64 KiB (id 4) to 4 MiB (id 7).
  const int block_size_id = (in[kBlockSizeAt] >> 4) & 7;
  if (block_size_id > kMaxKeptBlockSizeId) context.reset();
  return error;
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
