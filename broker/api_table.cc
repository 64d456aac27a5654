#include "broker/api_table.h"

#include <algorithm>
#include <vector>

#include "base/check.h"
#include "broker/api/handlers.h"
#include "protocol/messages/all.h"

namespace kmirror::broker {

namespace {

using protocol::MessageRole;

// The handler's type tells the messages, and whether it may wait.
template <auto kHandler>
struct Erased;

template <class Request, class Response, void (*kHandler)(CallContext&, const Request&, Response&)>
struct Erased<kHandler> {
  static ApiEntry entry() {
    return {protocol::find_message(Request::kApi.key, MessageRole::kRequest),
            protocol::find_message(Request::kApi.key, MessageRole::kResponse),
            [](CallContext& call, const void* request, void* response) {
              kHandler(call, *static_cast<const Request*>(request),
                       *static_cast<Response*>(response));
            },
            nullptr};
  }
};

template <class Request, class Response,
          net::Awaitable<void> (*kHandler)(CallContext&, const Request&, Response&)>
struct Erased<kHandler> {
  static ApiEntry entry() {
    return {protocol::find_message(Request::kApi.key, MessageRole::kRequest),
            protocol::find_message(Request::kApi.key, MessageRole::kResponse), nullptr,
            [](CallContext& call, const void* request, void* response) {
              return kHandler(call, *static_cast<const Request*>(request),
                              *static_cast<Response*>(response));
            }};
  }
};

template <auto... kHandlers>
std::vector<ApiEntry> entries_of() {
  std::vector<ApiEntry> entries{Erased<kHandlers>::entry()...};
  std::ranges::sort(entries, {}, [](const ApiEntry& entry) { return entry.request->api.key; });
  return entries;
}

const std::vector<ApiEntry>& entries() {
  static const std::vector<ApiEntry> all =
      entries_of<&add_offsets_to_txn, &add_partitions_to_txn, &alter_configs, &api_versions,
                 &create_partitions, &create_topics, &delete_groups, &delete_records,
                 &delete_topics, &describe_cluster, &describe_configs, &describe_groups,
                 &describe_producers, &describe_topic_partitions, &describe_transactions, &end_txn,
                 &fetch, &find_coordinator, &heartbeat, &incremental_alter_configs,
                 &init_producer_id, &join_group, &leave_group, &list_groups, &list_offsets,
                 &list_transactions, &metadata, &offset_commit, &offset_delete, &offset_fetch,
                 &offset_for_leader_epoch, &produce, &sync_group, &txn_offset_commit>();
  return all;
}

}  // namespace

std::span<const ApiEntry> api_entries() {
  return entries();
}

const ApiEntry* find_api(std::int16_t key) {
  const auto found = std::ranges::lower_bound(
      entries(), key, {}, [](const ApiEntry& entry) { return entry.request->api.key; });
  return found == entries().end() || found->request->api.key != key ? nullptr : &*found;
}

}  // namespace kmirror::broker
