// Walking batches, walking their records, printing both, building batches, and making a stored one
// ready to be produced. Batches are of records of 256 bytes.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "base/check.h"
#include "base/join.h"
#include "base/random.h"
#include "protocol/dump/records_dump.h"
#include "protocol/records/batch_builder.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/header_patch.h"
#include "protocol/records/record_cursor.h"

namespace kmirror::protocol {
namespace {

constexpr std::size_t kRecordBytes = 256;
constexpr std::size_t kLogBytes = 8 << 20;

Buffer random_bytes(std::size_t size) {
  Random random(1);
  Buffer bytes(size);
  for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

BuiltBatch build(BatchBuilder& builder, ConstBytes value, std::size_t batch_bytes) {
  const ConstBytes key = as_bytes("a key");
  do {
    builder.append(1'700'000'000'000, key, value);
  } while (builder.size_bytes() + kRecordBytes < batch_bytes);
  return builder.finish();
}

Buffer batch_of(std::size_t batch_bytes) {
  BatchBuilder builder(compression::Codec::kNone);
  const Buffer value = random_bytes(kRecordBytes);
  return join(build(builder, value, batch_bytes).pieces);
}

// As one partition of a large Fetch response.
Buffer log_of(std::size_t batch_bytes) {
  const Buffer batch = batch_of(batch_bytes);
  Buffer log;
  while (log.size() < kLogBytes) log.insert(log.end(), batch.begin(), batch.end());
  return log;
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

template <class Visit>
void for_each_batch(ConstBytes log, Visit visit) {
  BatchReader reader(log);
  BatchReader::Step step = reader.next();
  for (; step == BatchReader::Step::kBatch; step = reader.next()) visit(reader.batch());
  KM_CHECK(step == BatchReader::Step::kEnd, "the log was made of whole batches");
}

void batch_headers(benchmark::State& state) {
  const Buffer log = log_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    std::int64_t records = 0;
    for_each_batch(log, [&records](const BatchView& batch) { records += batch.record_count(); });
    benchmark::DoNotOptimize(records);
  }
  set_bytes(state, log.size());
}

void batch_headers_with_crc(benchmark::State& state) {
  const Buffer log = log_of(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    for_each_batch(log, [](const BatchView& batch) {
      KM_CHECK(batch.is_crc_valid(), "the builder writes it");
    });
  }
  set_bytes(state, log.size());
}

void records(benchmark::State& state) {
  const Buffer log = log_of(static_cast<std::size_t>(state.range(0)));
  std::int64_t records = 0;
  for (auto _ : state) {
    for_each_batch(log, [&records](const BatchView& batch) {
      RecordCursor cursor(batch.payload(), batch.record_count());
      RecordView record;
      while (cursor.next(record)) ++records;
      KM_CHECK(cursor.ok(), "the builder writes records that can be read");
    });
  }
  state.SetItemsProcessed(records);
  set_bytes(state, log.size());
}

// What `kmirror decode --segment` does between reading and writing.
void dumped(benchmark::State& state) {
  const Buffer log = log_of(static_cast<std::size_t>(state.range(0)));
  std::size_t printed = 0;
  const DumpOutput output{.write =
                              [&printed](std::string_view lines) {
                                printed += lines.size();
                                return true;
                              },
                          .report = [](std::string_view) {}};
  for (auto _ : state) {
    ConstBytes left = log;
    const auto read = [&left](MutableBytes room) {
      const std::size_t size = std::min(room.size(), left.size());
      std::copy_n(left.begin(), size, room.begin());
      left = left.subspan(size);
      return size;
    };
    const bool is_sound = dump_records({.read = read}, output, {.records = state.range(1) != 0});
    KM_CHECK(is_sound, "the log was made of whole batches");
  }
  benchmark::DoNotOptimize(printed);
  set_bytes(state, log.size());
}

void built_batch(benchmark::State& state) {
  BatchBuilder builder(compression::Codec::kNone);
  const Buffer value = random_bytes(kRecordBytes);
  std::int64_t records = 0;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const BuiltBatch batch = build(builder, value, static_cast<std::size_t>(state.range(0)));
    records += batch.record_count;
    bytes = batch.size_bytes;
  }
  state.SetItemsProcessed(records);
  set_bytes(state, bytes);
}

// Stamp after stamp on the same batch, as when it is sent again.
void patched_for_produce(benchmark::State& state) {
  Buffer batch = batch_of(static_cast<std::size_t>(state.range(0)));
  ProducerStamp stamp{.producer_id = 1, .producer_epoch = 0, .base_sequence = 0};
  for (auto _ : state) {
    ++stamp.base_sequence;
    patch_for_produce(batch, stamp);
    benchmark::DoNotOptimize(batch.data());
  }
  KM_CHECK(BatchView(batch).is_crc_valid(), "the patch mends the checksum");
}

BENCHMARK(batch_headers)->Arg(1 << 10)->Arg(16 << 10);
BENCHMARK(batch_headers_with_crc)->Arg(1 << 10)->Arg(16 << 10);
BENCHMARK(records)->Arg(1 << 10)->Arg(16 << 10);
BENCHMARK(dumped)->ArgNames({"", "records"})->ArgsProduct({{1 << 10, 16 << 10}, {0, 1}});
BENCHMARK(built_batch)->Arg(1 << 10)->Arg(16 << 10);
BENCHMARK(patched_for_produce)->Arg(1 << 10)->Arg(16 << 10)->Arg(1 << 20);

}  // namespace
}  // namespace kmirror::protocol
