// Each codec on 64 KiB of text with repeats, as records of one batch are. Rates are of the
// uncompressed bytes.
#include <benchmark/benchmark.h>

#include "compression/codec.h"
#include "compression/test_data.h"

namespace kmirror::compression {
namespace {

constexpr std::size_t kRawBytes = 64 << 10;

void set_bytes(benchmark::State& state) {
  state.SetBytesProcessed(static_cast<std::int64_t>(kRawBytes) * state.iterations());
}

void compress(benchmark::State& state, Codec codec) {
  const Buffer raw = compressible_bytes(kRawBytes);
  Compressor compressor(codec);
  Buffer out;
  for (auto _ : state) {
    out.clear();
    compressor.append(raw);
    compressor.finish(out);
  }
  state.counters["ratio"] = static_cast<double>(kRawBytes) / static_cast<double>(out.size());
  set_bytes(state);
}

void decompress(benchmark::State& state, Codec codec) {
  const Buffer in = compressed(codec, compressible_bytes(kRawBytes));
  Buffer out;
  for (auto _ : state) {
    out.clear();
    if (decompress(codec, in, kRawBytes, out) != DecompressError::kNone) {
      state.SkipWithError("what was compressed cannot be read");
    }
  }
  set_bytes(state);
}

BENCHMARK_CAPTURE(compress, gzip, Codec::kGzip);
BENCHMARK_CAPTURE(compress, snappy, Codec::kSnappy);
BENCHMARK_CAPTURE(compress, lz4, Codec::kLz4);
BENCHMARK_CAPTURE(compress, zstd, Codec::kZstd);
BENCHMARK_CAPTURE(decompress, gzip, Codec::kGzip);
BENCHMARK_CAPTURE(decompress, snappy, Codec::kSnappy);
BENCHMARK_CAPTURE(decompress, lz4, Codec::kLz4);
BENCHMARK_CAPTURE(decompress, zstd, Codec::kZstd);

}  // namespace
}  // namespace kmirror::compression
