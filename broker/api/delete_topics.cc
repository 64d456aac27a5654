// DeleteTopics, versions 0 to 6: deletes topics at once, by name or by id. Left out:
// delete.topic.enable.
#include "protocol/messages/delete_topics.h"

#include <algorithm>
#include <vector>

#include "broker/api/admin.h"
#include "broker/api/handlers.h"

namespace kmirror::broker {

using protocol::DeleteTopicsRequest;
using protocol::DeleteTopicsResponse;
using protocol::ErrorCode;

namespace {

AdminError check(CallContext& call, const std::vector<DeleteTopicsRequest::Topic>& all,
                 const DeleteTopicsRequest::Topic& wanted) {
  const bool has_id = !wanted.topic_id.is_zero();
  if (has_id == wanted.name.has_value()) {
    return {ErrorCode::kInvalidRequest, "A topic has either a name or an id."};
  }
  const auto times = std::ranges::count_if(all, [&](const auto& other) {
    return other.name == wanted.name && other.topic_id == wanted.topic_id;
  });
  if (times > 1) return {ErrorCode::kInvalidRequest, "The topic is named more than once."};
  if (has_id && call.cluster.find_topic(wanted.topic_id) == nullptr) {
    return {ErrorCode::kUnknownTopicId, "This server does not host this topic ID."};
  }
  if (!has_id && call.cluster.find_topic(*wanted.name) == nullptr) {
    return {ErrorCode::kUnknownTopicOrPartition, "This server does not host this topic-partition."};
  }
  return {};
}

}  // namespace

void delete_topics(CallContext& call, const DeleteTopicsRequest& request,
                   DeleteTopicsResponse& response) {
  std::vector<DeleteTopicsRequest::Topic> all = request.topics;
  for (const std::string_view name : request.topic_names) all.emplace_back().name = name;
  std::vector<std::string> due;
  std::size_t at = 0;
  for (const auto& wanted : all) {
    // What is named twice is answered once.
    const bool is_repeated = std::any_of(all.begin(), all.begin() + at++, [&](const auto& other) {
      return other.name == wanted.name && other.topic_id == wanted.topic_id;
    });
    if (is_repeated) continue;
    auto& answer = response.responses.emplace_back();
    answer.name = wanted.name;
    answer.topic_id = wanted.topic_id;
    AdminError error{ErrorCode::kNotController, {}};
    if (may_change_topics(call)) error = check(call, all, wanted);
    if (error) {
      answer.error_code = error.code;
      answer.error_message = call.keep(std::move(error.text));
      continue;
    }
    const Topic* const topic = wanted.name ? call.cluster.find_topic(*wanted.name)
                                           : call.cluster.find_topic(wanted.topic_id);
    answer.name = call.keep(topic->name);
    answer.topic_id = topic->id;
    if (std::ranges::count(due, topic->name) > 0) {
      answer.error_code = ErrorCode::kInvalidRequest;
      continue;
    }
    due.push_back(topic->name);
  }
  for (const std::string& name : due) call.cluster.delete_topic(name);
}

}  // namespace kmirror::broker
