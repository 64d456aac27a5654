// Connections: negotiation, frames that are no requests, the order of answers, metadata and
// coordinators.
#include <fmt/format.h>

#include "conformance/steps.h"
#include "conformance/stories.h"
#include "protocol/messages/api_versions.h"
#include "protocol/messages/find_coordinator.h"
#include "protocol/messages/metadata.h"

namespace kmirror::conformance {
namespace {

using protocol::ApiVersionsRequest;
using protocol::ApiVersionsResponse;
using protocol::FindCoordinatorRequest;
using protocol::MetadataRequest;

// Which APIs there are is a release's own: those that clients need are written down.
void note_versions(Story& s, const ApiVersionsResponse& answer) {
  s.note(fmt::format("error {}", error_name(answer.error_code)));
  for (std::int16_t key = 0; key <= 61; ++key) {
    const bool is_for_clients = key <= 3 || (key >= 8 && key <= 16) || (key >= 18 && key <= 28) ||
                                key == 32 || key == 37 || key == 42 || key == 44 || key == 47 ||
                                key >= 60;
    if (!is_for_clients || key == 27) continue;
    for (const auto& api : answer.api_keys) {
      if (api.api_key != key) continue;
      s.note(fmt::format("api {}: {} to {}", key, api.min_version, api.max_version));
    }
  }
}

ApiVersionsRequest api_versions() {
  return {.client_software_name = "conformance", .client_software_version = "1.0"};
}

Awaitable<void> versions(Story& s, std::int16_t version) {
  const auto request = api_versions();
  const Reply reply = co_await s.ask(To{1, 1}, request, version);
  note_versions(s, reply.as<ApiVersionsResponse>());
}

Awaitable<void> features(Story& s) {
  const auto request = api_versions();
  const Reply reply = co_await s.ask(To{1, 1}, request, 4);
  const auto& answer = reply.as<ApiVersionsResponse>();
  for (const auto& feature : answer.finalized_features) {
    if (feature.name != "transaction.version") continue;
    s.note(fmt::format("{} is {}", feature.name, feature.max_version_level));
  }
}

// `has_tags`: as headers of flexible versions have them, none here.
Buffer header_only(std::int16_t key, std::int16_t version, bool has_tags = false) {
  using protocol::testing::append_be;
  Buffer frame;
  append_be(frame, std::int32_t{has_tags ? 15 : 14});
  append_be(frame, key);
  append_be(frame, version);
  append_be(frame, std::int32_t{77});  // the correlation id
  append_be(frame, std::int16_t{4});
  for (const char letter : {'t', 'e', 's', 't'}) append_be(frame, letter);
  if (has_tags) frame.push_back(0);
  return frame;
}

Awaitable<void> too_new_versions(Story& s) {
  co_await s.send_bytes(To{1, 1}, header_only(18, 99, true), "ApiVersions v99, header alone");
  const Buffer frame = co_await s.receive_frame(To{1, 1});
  ApiVersionsResponse answer;
  const bool is_read =
      frame.size() > 4 && !protocol::decode(ConstBytes(frame).subspan(4), 0, answer);
  s.note(is_read ? "answered in version 0" : "not readable in version 0");
  s.note(fmt::format("error {}", error_name(answer.error_code)));
  for (const auto& api : answer.api_keys) {
    if (api.api_key == 18) s.note(fmt::format("{} to {}", api.min_version, api.max_version));
  }
  // The connection goes on.
  const auto request = api_versions();
  const Reply reply = co_await s.ask(To{1, 1}, request, 3);
  s.note(fmt::format("error {}", error_name(reply.as<ApiVersionsResponse>().error_code)));
}

Awaitable<void> bad_names(Story& s) {
  for (const std::string_view name : {"", "-x", "x-", "a b", "a/b", "a.b-c"}) {
    ApiVersionsRequest request = api_versions();
    request.client_software_name = name;
    const Reply reply = co_await s.ask(To{1, 1}, request, 3);
    const auto& answer = reply.as<ApiVersionsResponse>();
    s.note(fmt::format("name {:?}: {}", name, error_name(answer.error_code)));
    request = api_versions();
    request.client_software_version = name;
    const Reply second = co_await s.ask(To{1, 1}, request, 3);
    s.note(fmt::format("version {:?}: {}", name,
                       error_name(second.as<ApiVersionsResponse>().error_code)));
  }
}

Awaitable<void> closing(Story& s, Buffer bytes, std::string words) {
  co_await s.send_bytes(To{1, 1}, std::move(bytes), std::move(words));
  co_await s.receive_frame(To{1, 1});
}

Buffer frame_of(std::int32_t length) {
  Buffer frame;
  protocol::testing::append_be(frame, length);
  return frame;
}

Awaitable<void> in_order(Story& s) {
  const Topic topic = co_await s.topic();
  const auto waiting = fetch_request(topic, 0, {.max_wait_ms = 300});
  MetadataRequest metadata;
  metadata.topics->push_back({.name = topic.name});
  FindCoordinatorRequest find;
  find.key = "";
  co_await s.send(To{1, 1}, waiting, 12);
  co_await s.send(To{1, 1}, metadata, 1);
  co_await s.send(To{1, 1}, waiting, 12);
  for (int i = 0; i < 3; ++i) {
    co_await s.receive(To{1, 1});
  }
}

Awaitable<void> metadata_of(Story& s, std::string_view name, std::int16_t version,
                            bool may_create = false) {
  MetadataRequest request;
  request.topics->push_back({.name = name});
  request.allow_auto_topic_creation = version < 4 || may_create;
  co_await s.call(To{}, request, version);
}

Awaitable<void> metadata_versions(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  const std::int16_t newest = s.release() >= kSince41 ? 13 : 12;
  for (std::int16_t version = 0; version <= newest; ++version) {
    co_await metadata_of(s, topic.name, version);
  }
}

Awaitable<void> no_topics(Story& s) {
  const MetadataRequest request;
  co_await s.call(To{}, request, 12);
}

// Null topics, or in version 0 an empty list: other stories have topics, too.
Awaitable<void> all_topics(Story& s, std::int16_t version) {
  const Topic topic = co_await s.topic();
  MetadataRequest request;
  if (version > 0) request.topics.reset();
  const Reply reply = co_await s.ask(To{}, request, version);
  bool is_there = false;
  for (const auto& each : reply.as<protocol::MetadataResponse>().topics) {
    is_there = is_there || each.name == topic.name;
  }
  s.note(is_there ? "the topic is among them" : "the topic is not among them");
}

Awaitable<void> missing_topic(Story& s) {
  const std::string name = s.name("missing");
  co_await metadata_of(s, name, 4);
  co_await metadata_of(s, name, 12);
}

Awaitable<void> invalid_topics(Story& s) {
  for (const std::string_view name : {"", "..", "a b"}) {
    co_await metadata_of(s, name, 12);
    co_await metadata_of(s, name, 12, true);
  }
}

Awaitable<void> created_by_asking(Story& s) {
  const Topic topic{.name = s.name("new")};
  MetadataRequest request;
  request.topics->push_back({.name = topic.name});
  co_await s.call(To{}, request, 4);
  co_await s.until_known(topic, 1);
}

Awaitable<void> by_topic_id(Story& s) {
  const Topic topic = co_await s.topic();
  MetadataRequest request;
  request.allow_auto_topic_creation = false;
  request.topics->push_back({.topic_id = topic.id, .name = std::nullopt});
  protocol::Uuid unknown;
  unknown.bytes.fill(3);
  request.topics->push_back({.topic_id = unknown, .name = std::nullopt});
  co_await s.call(To{}, request, 12);
}

Awaitable<void> authorized_operations(Story& s) {
  const Topic topic = co_await s.topic();
  MetadataRequest request;
  request.topics->push_back({.name = topic.name});
  request.include_topic_authorized_operations = true;
  co_await s.call(To{}, request, 9);
}

Awaitable<void> find_versions(Story& s) {
  const std::string group = s.name("g");
  co_await s.coordinator(group, 0);
  for (std::int16_t version = 0; version <= 6; ++version) {
    FindCoordinatorRequest request;
    if (version < 4) {
      request.key = group;
    } else {
      request.coordinator_keys.push_back(group);
    }
    co_await s.call(To{}, request, version);
  }
}

Awaitable<void> find_several(Story& s) {
  const std::string first = s.name("x");
  const std::string second = s.name("y");
  co_await s.coordinator(first, 1);
  co_await s.coordinator(second, 1);
  FindCoordinatorRequest request;
  request.key_type = 1;
  request.coordinator_keys = {first, second};
  co_await s.call(To{}, request, 4);
  request.coordinator_keys.clear();
  co_await s.call(To{}, request, 4);
}

Awaitable<void> find_unknown_kind(Story& s) {
  FindCoordinatorRequest request;
  request.key = "x";
  request.key_type = 9;
  co_await s.call(To{1, 1}, request, 3);
}

constexpr Telling kStories[] = {
    {"what brokers offer in version 0", [](Story& s) { return versions(s, 0); }},
    {"what brokers offer in version 3", [](Story& s) { return versions(s, 3); }},
    {"what brokers offer in version 4", [](Story& s) { return versions(s, 4); }},
    {"features that are finalized", features},
    {"ApiVersions that is too new is answered in version 0", too_new_versions},
    {"names of clients that are refused", bad_names},
    {"an unknown API closes the connection",
     [](Story& s) { return closing(s, header_only(999, 0), "API 999"); }},
    {"a version that is too new closes the connection",
     [](Story& s) { return closing(s, header_only(3, 99, true), "Metadata v99"); }},
    {"a negative version closes the connection",
     [](Story& s) { return closing(s, header_only(3, -1), "Metadata v-1"); }},
    {"a body that is missing closes the connection",
     [](Story& s) { return closing(s, header_only(3, 1), "Metadata v1 without a body"); }},
    {"an API between brokers closes the connection",
     [](Story& s) { return closing(s, header_only(4, 0), "LeaderAndIsr v0"); }},
    {"a negative length closes the connection",
     [](Story& s) { return closing(s, frame_of(-1), "a frame of -1 bytes"); }},
    {"a length beyond socket.request.max.bytes closes the connection",
     [](Story& s) { return closing(s, frame_of(200 << 20), "a frame of 200 MiB"); }},
    {"an empty frame closes the connection",
     [](Story& s) { return closing(s, frame_of(0), "a frame of 0 bytes"); }},
    {"requests are answered in their order", in_order},
    {"every version of Metadata is answered", metadata_versions},
    {"metadata of no topics", no_topics},
    {"null topics mean all topics", [](Story& s) { return all_topics(s, 1); }},
    {"in version 0 no topics mean all topics", [](Story& s) { return all_topics(s, 0); }},
    {"metadata of a topic that does not exist", missing_topic},
    {"metadata of topics that cannot exist", invalid_topics},
    {"a topic is created by asking for it", created_by_asking},
    {"metadata by topic id", by_topic_id},
    {"metadata with what may be done", authorized_operations},
    {"every version of FindCoordinator is answered", find_versions},
    {"coordinators of several transactional ids, and of none", find_several},
    {"a coordinator of a kind that does not exist", find_unknown_kind},
};

}  // namespace

std::span<const Telling> connection_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
