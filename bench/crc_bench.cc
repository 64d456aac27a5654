// CRC-32C against what merely reading or copying the same memory costs, and the patch of a header.
#include <benchmark/benchmark.h>

#include <cstring>
#include <numeric>

#include "base/crc32c.h"
#include "base/random.h"
#include "protocol/records/batch_view.h"

namespace kmirror {
namespace {

Buffer random_bytes(std::size_t size) {
  Random random(1);
  Buffer bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

void crc32c_of(benchmark::State& state) {
  const Buffer bytes = random_bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(crc32c(bytes));
  set_bytes(state, bytes.size());
}

// The least that any checksum costs: each byte goes into a register once.
void read_of(benchmark::State& state) {
  const std::vector<std::uint64_t> words(static_cast<std::size_t>(state.range(0)) / 8, 1);
  for (auto _ : state) {
    std::uint64_t sums[4] = {};
    for (std::size_t i = 0; i < words.size(); i += 4) {
      for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] ^= words[i + lane];
    }
    benchmark::DoNotOptimize(sums);
  }
  set_bytes(state, words.size() * 8);
}

void copy_of(benchmark::State& state) {
  const Buffer from = random_bytes(static_cast<std::size_t>(state.range(0)));
  Buffer to(from.size());
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), from.size());
    benchmark::ClobberMemory();
  }
  set_bytes(state, from.size());
}

// A batch of that size whose 40 header bytes behind the CRC change.
void crc32c_patch_in(benchmark::State& state) {
  constexpr std::size_t kChanged = protocol::kBatchHeaderBytes - protocol::batch_field::kAttributes;
  const Buffer before = random_bytes(kChanged);
  Buffer after(before.rbegin(), before.rend());
  const auto rest = static_cast<std::uint64_t>(state.range(0)) - protocol::kBatchHeaderBytes;
  std::uint32_t crc = 1;
  for (auto _ : state) {
    crc = crc32c_patch(crc, before, after, rest);
    benchmark::DoNotOptimize(crc);
  }
}

constexpr int kKibi = 1024;
constexpr int kMebi = 1024 * kKibi;

BENCHMARK(crc32c_of)->Arg(kKibi)->Arg(16 * kKibi)->Arg(kMebi)->Arg(64 * kMebi);
BENCHMARK(read_of)->Arg(kKibi)->Arg(16 * kKibi)->Arg(kMebi)->Arg(64 * kMebi);
BENCHMARK(copy_of)->Arg(kKibi)->Arg(16 * kKibi)->Arg(kMebi)->Arg(64 * kMebi);
BENCHMARK(crc32c_patch_in)->Arg(kKibi)->Arg(16 * kKibi)->Arg(kMebi)->Arg(100 * kMebi);

}  // namespace
}  // namespace kmirror
