// Splitting one of 8 partitions into 12 by key, as a lane does it: batches of 16 KiB are opened,
// their records routed, and new batches built for every MiB of them. Rates are of the uncompressed
// records. The bare library's decompression and compression of the same batches stands beside zstd.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <zstd.h>

#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/join.h"
#include "base/random.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/partitioner.h"
#include "protocol/records/splitter.h"

namespace kmirror::protocol {
namespace {

using compression::Codec;

constexpr std::int32_t kSourcePartitions = 8;
constexpr std::int32_t kTargetPartitions = 12;
constexpr std::size_t kSourceBatchBytes = 16 << 10;
constexpr std::size_t kChunkBytes = 1 << 20;  // of records between two flushes, as in a lane
constexpr std::size_t kLogBytes = 8 << 20;
constexpr std::size_t kMaxBatchBytes = 1'000'000;

// Half of it repeats from record to record, as in people's events.
std::string event_of(Random& random, std::size_t bytes) {
  std::string text =
      fmt::format(R"({{"type":"order.updated","id":{},"customer":"c-{:06}","amount":{}.{:02},)"
                  R"("session":"{:016x}","items":[)",
                  random.below(1'000'000'000), random.below(50'000), random.below(1000),
                  random.below(100), random.next());
  while (text.size() + 20 < bytes) {
    text += fmt::format(R"({{"sku":{},"n":{}}},)", random.below(10'000), random.below(10));
  }
  text += std::string(bytes - std::min(bytes, text.size() + 2), ' ') + "]}";
  return text;
}

struct Log {
  std::vector<Buffer> batches;
  std::size_t record_bytes = 0;
};

// What one source partition holds: only keys that belong there.
Log log_of(Codec codec, std::size_t value_bytes) {
  Random random(1);
  Log log;
  BatchBuilder builder(codec);
  std::int64_t timestamp_ms = 1'700'000'000'000;
  while (log.record_bytes < kLogBytes) {
    while (builder.size_bytes() + value_bytes < kSourceBatchBytes || builder.empty()) {
      const std::string key = fmt::format("key-{:06}", random.below(100'000));
      if (partition_for_key(as_bytes(key), kSourcePartitions) != 3) continue;
      timestamp_ms += static_cast<std::int64_t>(random.below(3));
      builder.append(timestamp_ms, as_bytes(key), as_bytes(event_of(random, value_bytes)));
    }
    log.record_bytes += builder.size_bytes() - kBatchHeaderBytes;
    log.batches.push_back(join(builder.finish().pieces));
  }
  return log;
}

void split(benchmark::State& state, Codec codec) {
  const Log log = log_of(codec, static_cast<std::size_t>(state.range(0)));
  Splitter splitter(kTargetPartitions, codec, kMaxBatchBytes);
  Buffer scratch;
  std::size_t chunk_bytes = 0;
  std::size_t built_bytes = 0;
  std::vector<SplitBatch> sent;  // until the next are built
  const auto flush = [&] {
    sent = splitter.finish();
    for (const SplitBatch& built : sent) built_bytes += built.batch.size_bytes;
    chunk_bytes = 0;
  };
  for (auto _ : state) {
    built_bytes = 0;
    for (const Buffer& bytes : log.batches) {
      const BatchView batch(bytes);
      const OpenedBatch opened = open_batch(batch, kChunkBytes, scratch);
      KM_CHECK(opened.error == OpenError::kNone, "the builder wrote it");
      KM_CHECK(!splitter.add(batch, opened.payload, 0, nullptr), "the builder wrote it");
      chunk_bytes += opened.payload.size();
      if (chunk_bytes >= kChunkBytes) flush();
    }
    flush();
  }
  state.counters["ratio"] =
      static_cast<double>(log.record_bytes) / static_cast<double>(built_bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(log.record_bytes) * state.iterations());
}

// One record a batch, of which an append costs more than of others: what a lane meets that fell
// behind a producer without batching.
void joined(benchmark::State& state) {
  BatchBuilder builder(Codec::kNone);
  builder.append(1'700'000'000'000, as_bytes("key"),
                 Buffer(static_cast<std::size_t>(state.range(0)), 'v'));
  const Buffer bytes = join(builder.finish().pieces);
  const BatchView batch(bytes);
  constexpr int kBatches = 1000;
  Splitter splitter(1, Codec::kNone, kMaxBatchBytes);
  Buffer scratch;
  for (auto _ : state) {
    for (int i = 0; i < kBatches; ++i) {
      const OpenedBatch opened = open_batch(batch, kChunkBytes, scratch);
      KM_CHECK(!splitter.add(batch, opened.payload, 0, nullptr), "the builder wrote it");
    }
    benchmark::DoNotOptimize(splitter.finish().front().batch.size_bytes);
  }
  state.SetItemsProcessed(kBatches * state.iterations());
}

struct FreeContext {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// The same work without us: each batch decompressed, and each MiB of records compressed in as many
// parts as the splitter makes of it.
void zstd_alone(benchmark::State& state) {
  const Log log = log_of(Codec::kZstd, static_cast<std::size_t>(state.range(0)));
  constexpr std::size_t kParts = 9;  // 128 KiB each; keys of one partition of 8 go to 3 of 12
  const std::unique_ptr<ZSTD_CCtx, FreeContext> encoder(ZSTD_createCCtx());
  const std::unique_ptr<ZSTD_DCtx, FreeContext> decoder(ZSTD_createDCtx());
  Buffer raw(kChunkBytes + 4 * kSourceBatchBytes);
  Buffer out(ZSTD_compressBound(raw.size()));
  std::size_t filled = 0;
  std::size_t built_bytes = 0;
  const auto flush = [&] {
    for (std::size_t part = 0; part < kParts; ++part) {
      const std::size_t begin = filled * part / kParts;
      const std::size_t size = filled * (part + 1) / kParts - begin;
      built_bytes += ZSTD_compressCCtx(encoder.get(), out.data(), out.size(), raw.data() + begin,
                                       size, ZSTD_CLEVEL_DEFAULT);
    }
    filled = 0;
  };
  for (auto _ : state) {
    built_bytes = 0;
    for (const Buffer& bytes : log.batches) {
      const ConstBytes payload = BatchView(bytes).payload();
      filled += ZSTD_decompressDCtx(decoder.get(), raw.data() + filled, raw.size() - filled,
                                    payload.data(), payload.size());
      if (filled >= kChunkBytes) flush();
    }
    flush();
  }
  state.counters["ratio"] =
      static_cast<double>(log.record_bytes) / static_cast<double>(built_bytes);
  state.SetBytesProcessed(static_cast<std::int64_t>(log.record_bytes) * state.iterations());
}

BENCHMARK_CAPTURE(split, none, Codec::kNone)->Arg(100)->Arg(256)->Arg(1024);
BENCHMARK(joined)->Arg(100)->Arg(1024);
BENCHMARK_CAPTURE(split, gzip, Codec::kGzip)->Arg(200);
BENCHMARK_CAPTURE(split, snappy, Codec::kSnappy)->Arg(200);
BENCHMARK_CAPTURE(split, lz4, Codec::kLz4)->Arg(200);
BENCHMARK_CAPTURE(split, zstd, Codec::kZstd)->Arg(200);
BENCHMARK(zstd_alone)->Arg(200);

}  // namespace
}  // namespace kmirror::protocol
