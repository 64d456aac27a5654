// Steps that many stories take: the usual requests, with what a story varies as options. Each is
// written down, request and answer.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "conformance/batches.h"
#include "conformance/story.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/produce.h"

namespace kmirror::conformance {

struct ProduceOptions {
  std::int16_t version = 9;
  std::int16_t acks = -1;
  std::int32_t partition = 0;
  std::optional<std::string_view> transactional_id;
  To to;
};
Awaitable<void> produce(Story& story, const Topic& topic, Buffer batch,
                        ProduceOptions options = {});

// What a story needs in a log before it begins. Not written down.
Awaitable<void> store(Story& story, const Topic& topic, Buffer batch);

// produce() into a new topic, and what its log has then.
Awaitable<void> produce_alone(Story& story, Buffer batch, std::string_view configs = "",
                              ProduceOptions options = {});

// A request for several partitions of a topic: the batches of 0, 1, and so on.
protocol::ProduceRequest produce_request(const Topic& topic, const std::vector<Buffer>& batches);

struct FetchOptions {
  std::int16_t version = 12;
  std::int8_t isolation = 0;
  std::int32_t partition = 0;
  std::int32_t max_wait_ms = 100;
  std::int32_t min_bytes = 1;
  std::int32_t max_bytes = 1 << 20;
  std::int32_t partition_max_bytes = 1 << 20;
  std::int32_t leader_epoch = -1;
  std::int32_t last_fetched_epoch = -1;
  To to;
};
Awaitable<void> fetch(Story& story, const Topic& topic, std::int64_t offset,
                      FetchOptions options = {});
protocol::FetchRequest fetch_request(const Topic& topic, std::int64_t offset, FetchOptions options);

struct ListOptions {
  std::int16_t version = 7;
  std::int8_t isolation = 0;
  std::int32_t partition = 0;
  std::int32_t leader_epoch = -1;
  To to;
};
inline constexpr std::int64_t kLatest = -1;
inline constexpr std::int64_t kEarliest = -2;
Awaitable<void> list_offsets(Story& story, const Topic& topic, std::int64_t timestamp,
                             ListOptions options = {});

// Waits until the high watermark, or with isolation 1 the last stable offset, is this one. Not
// written down.
Awaitable<void> until_end(Story& story, const Topic& topic, std::int64_t offset,
                          ListOptions options = {});

// InitProducerId without a transactional id. Again while the coordinator is loading.
Awaitable<Producer> init_producer(Story& story);

}  // namespace kmirror::conformance
