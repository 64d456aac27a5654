// Fetch sessions (KIP-227).
#include "conformance/steps.h"
#include "conformance/stories.h"

namespace kmirror::conformance {
namespace {

using protocol::FetchRequest;
using protocol::FetchResponse;

// An incremental request that changes nothing.
FetchRequest incremental(std::int32_t session_id, std::int32_t epoch) {
  FetchRequest request;
  request.max_wait_ms = 0;
  request.min_bytes = 1;
  request.session_id = session_id;
  request.session_epoch = epoch;
  return request;
}

// Asks for partition 0 of the topic.
FetchRequest incremental(std::int32_t session_id, std::int32_t epoch, const Topic& topic,
                         std::int64_t offset, FetchOptions options = {}) {
  options.max_wait_ms = 0;
  auto request = fetch_request(topic, offset, options);
  request.session_id = session_id;
  request.session_epoch = epoch;
  return request;
}

// A full request for partition 0 from `offset` on; returns the session's id.
Awaitable<std::int32_t> open(Story& s, const Topic& topic, std::int64_t offset,
                             FetchOptions options = {}) {
  const auto request = incremental(0, 0, topic, offset, options);
  const Reply reply = co_await s.call(To{}, request, options.version);
  co_return reply.as<FetchResponse>().session_id;
}

Awaitable<void> ask(Story& s, FetchRequest request, std::int16_t version = 12) {
  co_await s.call(To{}, request, version);
}

Awaitable<void> sessionless(Story& s) {
  const Topic topic = co_await s.topic();
  co_await ask(s, incremental(0, -1, topic, 0));
}

Awaitable<void> opened(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(1));
  co_await open(s, topic, 0);
}

Awaitable<void> nothing_new(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  co_await ask(s, incremental(session, 1));
  co_await ask(s, incremental(session, 2));
}

Awaitable<void> old_offset(Story& s) {
  const Topic topic = co_await s.topic();
  co_await produce(s, topic, plain(1));
  const auto session = co_await open(s, topic, 0);
  co_await ask(s, incremental(session, 1));
  co_await ask(s, incremental(session, 2, topic, 1));
  co_await ask(s, incremental(session, 3));
}

Awaitable<void> new_records(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  co_await produce(s, topic, plain(2));
  co_await ask(s, incremental(session, 1));
}

// The high watermark moves though the position is behind it already and brings nothing.
Awaitable<void> watermark_moves(Story& s) {
  const Topic topic = co_await s.topic("", 2);
  auto request = incremental(0, 0, topic, 0);
  auto& partitions = request.topics[0].partitions;
  partitions.push_back(partitions[0]);
  partitions[1].partition = 1;
  const Reply reply = co_await s.call(To{}, request, 12);
  const std::int32_t session = reply.as<FetchResponse>().session_id;
  co_await produce(s, topic, plain(1), {.partition = 1});
  co_await ask(s, incremental(session, 1));
  co_await ask(s, incremental(session, 2));
}

Awaitable<void> added(Story& s) {
  const Topic first = co_await s.topic();
  const Topic second = co_await s.topic();
  co_await produce(s, second, plain(1));
  const auto session = co_await open(s, first, 0);
  co_await ask(s, incremental(session, 1, second, 0));
}

Awaitable<void> forgotten(Story& s) {
  const Topic topic = co_await s.topic();
  const Topic other = co_await s.topic();
  co_await store(s, topic, plain(1));
  co_await store(s, other, plain(1));
  const auto session = co_await open(s, topic, 0);
  co_await ask(s, incremental(session, 1, other, 0));
  auto request = incremental(session, 2);
  request.forgotten_topics_data.push_back({.topic = topic.name, .partitions = {0}});
  co_await ask(s, std::move(request));
  co_await ask(s, incremental(session, 3));
}

Awaitable<void> all_forgotten(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  auto request = incremental(session, 1);
  request.forgotten_topics_data.push_back({.topic = topic.name, .partitions = {0}});
  co_await ask(s, std::move(request));
  co_await ask(s, incremental(session, 2));
}

Awaitable<void> wrong_epoch(Story& s, std::int32_t epoch) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  co_await ask(s, incremental(session, epoch));
  co_await ask(s, incremental(session, 1));
}

Awaitable<void> epoch_again(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  co_await ask(s, incremental(session, 1));
  co_await ask(s, incremental(session, 1));
}

Awaitable<void> unknown_session(Story& s) {
  co_await ask(s, incremental(123456, 1));
}

Awaitable<void> closed(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  co_await ask(s, incremental(session, -1));
  co_await ask(s, incremental(session, 1));
}

Awaitable<void> opened_anew(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  const auto request = incremental(session, 0, topic, 0);
  const Reply reply = co_await s.call(To{}, request, 12);
  co_await ask(s, incremental(session, 1));
  co_await ask(s, incremental(reply.as<FetchResponse>().session_id, 1));
}

Awaitable<void> other_connection(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  const auto request = incremental(session, 1);
  co_await s.call(To{1, 1}, request, 12);
}

Awaitable<void> names_then_ids(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  co_await ask(s, incremental(session, 1, topic, 0, {.version = 13}), 13);
}

Awaitable<void> ids_then_names(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0, {.version = 13});
  co_await ask(s, incremental(session, 1, topic, 0), 12);
}

Awaitable<void> with_topic_ids(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0, {.version = 13});
  co_await produce(s, topic, plain(1));
  co_await ask(s, incremental(session, 1), 13);
}

Awaitable<void> errors_every_time(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 5);
  co_await ask(s, incremental(session, 1));
}

Awaitable<void> missing_topic(Story& s) {
  const Topic missing{.name = s.name("missing")};
  const auto session = co_await open(s, missing, 0);
  co_await ask(s, incremental(session, 1));
}

Awaitable<void> waiting(Story& s) {
  const Topic topic = co_await s.topic();
  const auto session = co_await open(s, topic, 0);
  auto request = incremental(session, 1);
  request.max_wait_ms = 20'000;
  co_await s.send(To{1, 1}, request, 12);
  co_await produce(s, topic, plain(1));
  co_await s.receive(To{1, 1});
}

constexpr Telling kStories[] = {
    {"epoch -1 without a session makes none", sessionless},
    {"epoch 0 without a session makes one", opened},
    {"a session tells of partitions only what is new", nothing_new},
    {"a session keeps offsets as they were given", old_offset},
    {"a session tells of new records", new_records},
    {"a session tells of one partition of several", watermark_moves},
    {"partitions are added to a session", added},
    {"partitions are taken from a session", forgotten},
    {"a session without partitions is closed", all_forgotten},
    {"an epoch that skips one is INVALID_FETCH_SESSION_EPOCH",
     [](Story& s) { return wrong_epoch(s, 2); }},
    {"an epoch that was before is INVALID_FETCH_SESSION_EPOCH", epoch_again},
    {"a session that does not exist is FETCH_SESSION_ID_NOT_FOUND", unknown_session},
    {"epoch -1 closes a session", closed},
    {"epoch 0 closes a session and makes another", opened_anew},
    {"a session belongs to no connection", other_connection},
    {"topic ids in a session of names are FETCH_SESSION_TOPIC_ID_ERROR", names_then_ids},
    {"names in a session of topic ids are FETCH_SESSION_TOPIC_ID_ERROR", ids_then_names},
    {"sessions of topic ids", with_topic_ids},
    {"a session tells of errors every time", errors_every_time},
    {"a session tells of a missing topic every time", missing_topic},
    {"a session's fetch waits for records", waiting},
};

}  // namespace

std::span<const Telling> session_stories() {
  return kStories;
}

}  // namespace kmirror::conformance
