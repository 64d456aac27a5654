// What decompressing and compressing a topic's batches costs with the zstd library alone, at
// Kafka's level, its contexts reused: the limit of whoever has to open them. The batches are those
// of fill. Prints its CPU time as a line of JSON.
#include <fmt/core.h>
#include <sys/resource.h>
#include <zstd.h>

#include <cstdint>
#include <string>
#include <vector>

#include "app/console/console_flags.h"
#include "app/flags.h"
#include "bench/batch_pool.h"
#include "protocol/records/batch_view.h"

namespace kmirror::bench {
namespace {

constexpr int kLevel = 3;                       // CompressionType.ZSTD's default
constexpr std::size_t kPoolBatches = 256;       // as fill has in eight partitions
constexpr std::size_t kOpenedBytes = 64 << 20;  // of one batch, at most

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

class Recoder {
 public:
  Recoder() : opened_(kOpenedBytes) {
    ZSTD_CCtx_setParameter(out_, ZSTD_c_compressionLevel, kLevel);
  }
  ~Recoder() {
    ZSTD_freeCCtx(out_);
    ZSTD_freeDCtx(in_);
  }
  Recoder(const Recoder&) = delete;
  Recoder& operator=(const Recoder&) = delete;

  // Whether the payload could be decompressed and compressed.
  bool recode(ConstBytes payload) {
    const std::size_t size =
        ZSTD_decompressDCtx(in_, opened_.data(), opened_.size(), payload.data(), payload.size());
    if (ZSTD_isError(size)) return false;
    packed_.resize(ZSTD_compressBound(size));
    return !ZSTD_isError(
        ZSTD_compress2(out_, packed_.data(), packed_.size(), opened_.data(), size));
  }

 private:
  ZSTD_DCtx* in_ = ZSTD_createDCtx();
  ZSTD_CCtx* out_ = ZSTD_createCCtx();
  std::vector<std::uint8_t> opened_;
  std::vector<std::uint8_t> packed_;
};

int run(int argc, char** argv) {
  std::int64_t records = 0;
  std::int32_t key_count = 0;
  PoolSettings settings{.codec = compression::Codec::kZstd, .json = true};
  app::Flags flags("The CPU time of opening and packing zstd batches.", "recode");
  flags.add("--records", records, "how many").at_least(1).required();
  flags.add("--keys", key_count, "different keys that they have").shows_default();
  flags.add("--value-bytes", settings.value_bytes, "of each, JSON").shows_default();
  flags.add("--batch-bytes", settings.batch_bytes, "before compression").shows_default();
  if (const app::Exit exit = flags.parse(argc, argv)) return *exit;
  std::vector<std::string> keys;
  for (std::int32_t i = 0; i < key_count; ++i) keys.push_back(fmt::format("customer-{}", i));
  BatchPool pool(settings, keys, 1, kPoolBatches);
  Recoder recoder;
  const double before = cpu_seconds();
  for (std::int64_t left = records; left > 0;) {
    const auto batch = pool.next(left);
    left -= batch->records;
    if (!recoder.recode(protocol::BatchView(batch->bytes).payload())) {
      app::print_error("a batch cannot be recoded");
      return app::kExitError;
    }
  }
  fmt::print("{{\"cpu_s\":{:.3f}}}\n", cpu_seconds() - before);
  return app::kExitOk;
}

}  // namespace
}  // namespace kmirror::bench

int main(int argc, char** argv) {
  return kmirror::bench::run(argc, argv);
}
