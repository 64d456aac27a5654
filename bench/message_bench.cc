// Measuring, writing and reading the messages of the data path, of one topic with as many
// partitions as the argument says. Records are referred to, never touched.
#include <benchmark/benchmark.h>

#include <string_view>

#include "base/check.h"
#include "base/join.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/metadata.h"
#include "protocol/messages/produce.h"
#include "protocol/wire/archive.h"

namespace kmirror::protocol {
namespace {

constexpr std::int16_t kFetchVersion = 12;  // the last one with names, which allocate nothing
constexpr std::int16_t kProduceVersion = 9;
constexpr std::int16_t kMetadataVersion = 12;
constexpr std::size_t kRecordsBytes = 16 << 10;

const Buffer& records() {
  static const Buffer bytes(kRecordsBytes, 1);
  return bytes;
}

FetchResponse fetch_response(std::int64_t partitions) {
  FetchResponse response;
  auto& topic = response.responses.emplace_back();
  topic.topic = "orders";
  for (std::int32_t i = 0; i < partitions; ++i) {
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = i;
    partition.high_watermark = 1'000'000;
    partition.records = RecordsView(records());
  }
  return response;
}

ProduceRequest produce_request(std::int64_t partitions) {
  ProduceRequest request;
  auto& topic = request.topic_data.emplace_back();
  topic.name = "orders";
  for (std::int32_t i = 0; i < partitions; ++i) {
    auto& partition = topic.partition_data.emplace_back();
    partition.index = i;
    partition.records = RecordsView(records());
  }
  return request;
}

MetadataResponse metadata_response(std::int64_t partitions) {
  MetadataResponse response;
  auto& topic = response.topics.emplace_back();
  topic.name = "orders";
  for (std::int32_t i = 0; i < partitions; ++i) {
    auto& partition = topic.partitions.emplace_back();
    partition.partition_index = i;
    partition.replica_nodes = {1, 2, 3};
    partition.isr_nodes = {1, 2, 3};
  }
  return response;
}

template <class M>
void decode_of(benchmark::State& state, M (*make)(std::int64_t), std::int16_t version) {
  GatherBuffer gathered;
  KM_CHECK(!encode(make(state.range(0)), version, gathered), "the version has these fields");
  const Buffer body = join(gathered.pieces());
  M message;
  for (auto _ : state) {
    KM_CHECK(!decode(body, version, message), "what was written can be read");
    benchmark::DoNotOptimize(&message);
  }
  state.SetItemsProcessed(state.range(0) * state.iterations());
}

template <class M>
void encode_of(benchmark::State& state, M (*make)(std::int64_t), std::int16_t version) {
  const M message = make(state.range(0));
  GatherBuffer out;
  for (auto _ : state) {
    KM_CHECK(!encode(message, version, out), "the version has these fields");
    benchmark::DoNotOptimize(&out);
  }
  state.SetItemsProcessed(state.range(0) * state.iterations());
}

BENCHMARK_CAPTURE(decode_of, FetchResponse, &fetch_response, kFetchVersion)->Arg(1)->Arg(1000);
BENCHMARK_CAPTURE(encode_of, FetchResponse, &fetch_response, kFetchVersion)->Arg(1)->Arg(1000);
BENCHMARK_CAPTURE(decode_of, ProduceRequest, &produce_request, kProduceVersion)->Arg(1)->Arg(1000);
BENCHMARK_CAPTURE(encode_of, ProduceRequest, &produce_request, kProduceVersion)->Arg(1)->Arg(1000);
BENCHMARK_CAPTURE(decode_of, MetadataResponse, &metadata_response, kMetadataVersion)
    ->Arg(1)
    ->Arg(1000);
BENCHMARK_CAPTURE(encode_of, MetadataResponse, &metadata_response, kMetadataVersion)
    ->Arg(1)
    ->Arg(1000);

}  // namespace
}  // namespace kmirror::protocol
