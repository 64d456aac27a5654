#include "broker/refuse.h"

#include <type_traits>

#include "broker/api/handlers.h"
#include "protocol/messages/all.h"

namespace kmirror::broker {

using protocol::ErrorCode;

namespace {

// Where the answer has one error for the whole request.
template <class Request>
concept HasOneError = requires(typename Request::Response response) { response.error_code; } &&
                      !std::is_same_v<Request, protocol::FindCoordinatorRequest> &&
                      !std::is_same_v<Request, protocol::OffsetFetchRequest> &&
                      !std::is_same_v<Request, protocol::MetadataRequest> &&
                      !std::is_same_v<Request, protocol::FetchRequest> &&
                      !std::is_same_v<Request, protocol::AddPartitionsToTxnRequest>;

template <HasOneError Request>
void fill(const CallContext&, ErrorCode error, const Request&,
          typename Request::Response& response) {
  response.error_code = error;
}

void fill(const CallContext&, ErrorCode error, const protocol::ProduceRequest& request,
          protocol::ProduceResponse& response) {
  for (const auto& topic : request.topic_data) {
    auto& answer = response.responses.emplace_back();
    answer.name = topic.name;
    answer.topic_id = topic.topic_id;
    for (const auto& part : topic.partition_data) {
      answer.partition_responses.push_back(
          {.index = part.index, .error_code = error, .base_offset = -1});
    }
  }
}

bool concerns_session(ErrorCode error) {
  return error == ErrorCode::kFetchSessionIdNotFound ||
         error == ErrorCode::kInvalidFetchSessionEpoch ||
         error == ErrorCode::kFetchSessionTopicIdError;
}

// The session ends with it (its id is 0 then): the client's next request names all partitions, also
// those of which this one had nothing to say.
void fill(const CallContext& call, ErrorCode error, const protocol::FetchRequest& request,
          protocol::FetchResponse& response) {
  if (call.version >= 7 && concerns_session(error)) {
    response.error_code = error;
    return;
  }
  for (const auto& topic : request.topics) {
    auto& answer = response.responses.emplace_back();
    answer.topic = topic.topic;
    answer.topic_id = topic.topic_id;
    for (const auto& part : topic.partitions) {
      auto& partition = answer.partitions.emplace_back();
      partition.partition_index = part.partition;
      partition.error_code = error;
      partition.high_watermark = -1;
      partition.records.emplace();
    }
  }
}

// Topics of partitions that have an error each.
template <class Topics, class Answers>
void fill_partitions(ErrorCode error, const Topics& topics, Answers& answers) {
  for (const auto& topic : topics) {
    auto& answer = answers.emplace_back();
    answer.name = topic.name;
    for (const auto& part : topic.partitions) {
      auto& partition = answer.partitions.emplace_back();
      partition.partition_index = part.partition_index;
      partition.error_code = error;
    }
  }
}

void fill(const CallContext&, ErrorCode error, const protocol::ListOffsetsRequest& request,
          protocol::ListOffsetsResponse& response) {
  fill_partitions(error, request.topics, response.topics);
}

void fill(const CallContext&, ErrorCode error, const protocol::OffsetCommitRequest& request,
          protocol::OffsetCommitResponse& response) {
  fill_partitions(error, request.topics, response.topics);
}

void fill(const CallContext&, ErrorCode error, const protocol::TxnOffsetCommitRequest& request,
          protocol::TxnOffsetCommitResponse& response) {
  fill_partitions(error, request.topics, response.topics);
}

void fill(const CallContext&, ErrorCode error, const protocol::DeleteRecordsRequest& request,
          protocol::DeleteRecordsResponse& response) {
  fill_partitions(error, request.topics, response.topics);
}

void fill(const CallContext& call, ErrorCode error, const protocol::OffsetFetchRequest& request,
          protocol::OffsetFetchResponse& response) {
  if (call.version < 8) response.error_code = error;
  for (const auto& group : request.groups) {
    auto& answer = response.groups.emplace_back();
    answer.group_id = group.group_id;
    answer.error_code = error;
  }
}

void fill(const CallContext& call, ErrorCode error, const protocol::FindCoordinatorRequest& request,
          protocol::FindCoordinatorResponse& response) {
  if (call.version < 4) {
    response.error_code = error;
    response.node_id = -1;
    response.port = -1;
  }
  for (const auto& key : request.coordinator_keys) {
    auto& answer = response.coordinators.emplace_back();
    answer.key = key;
    answer.node_id = -1;
    answer.port = -1;
    answer.error_code = error;
  }
}

// Brokers name themselves and the topics that were asked for, all of them perhaps, whatever is
// wrong with these.
void fill(CallContext& call, ErrorCode error, const protocol::MetadataRequest& request,
          protocol::MetadataResponse& response) {
  protocol::MetadataRequest harmless = request;
  harmless.allow_auto_topic_creation = false;
  metadata(call, harmless, response);
  for (auto& topic : response.topics) {
    topic.error_code = error;
    topic.partitions.clear();
  }
}

void fill(const CallContext&, ErrorCode error, const protocol::CreateTopicsRequest& request,
          protocol::CreateTopicsResponse& response) {
  for (const auto& topic : request.topics) {
    auto& answer = response.topics.emplace_back();
    answer.name = topic.name;
    answer.error_code = error;
  }
}

void fill(const CallContext&, ErrorCode error, const protocol::CreatePartitionsRequest& request,
          protocol::CreatePartitionsResponse& response) {
  for (const auto& topic : request.topics) {
    auto& answer = response.results.emplace_back();
    answer.name = topic.name;
    answer.error_code = error;
  }
}

template <class Request>
bool refuse_as(CallContext& call, ErrorCode error, const void* request, void* response) {
  fill(call, error, *static_cast<const Request*>(request),
       *static_cast<typename Request::Response*>(response));
  return true;
}

using Refusable = protocol::RequestList<
    protocol::ProduceRequest, protocol::FetchRequest, protocol::ListOffsetsRequest,
    protocol::MetadataRequest, protocol::OffsetCommitRequest, protocol::OffsetFetchRequest,
    protocol::FindCoordinatorRequest, protocol::JoinGroupRequest, protocol::HeartbeatRequest,
    protocol::LeaveGroupRequest, protocol::SyncGroupRequest, protocol::CreateTopicsRequest,
    protocol::CreatePartitionsRequest, protocol::DeleteRecordsRequest,
    protocol::InitProducerIdRequest, protocol::AddOffsetsToTxnRequest, protocol::EndTxnRequest,
    protocol::TxnOffsetCommitRequest, protocol::ApiVersionsRequest>;

}  // namespace

bool can_refuse(std::int16_t api_key) {
  return []<class... Requests>(std::int16_t key, protocol::RequestList<Requests...>) {
    return ((Requests::kApi.key == key) || ...);
  }(api_key, Refusable{});
}

bool refuse(std::int16_t api_key, CallContext& call, ErrorCode error, const void* request,
            void* response) {
  const auto as = [&]<class... Requests>(protocol::RequestList<Requests...>) {
    return (
        (Requests::kApi.key == api_key && refuse_as<Requests>(call, error, request, response)) ||
        ...);
  };
  return as(Refusable{});
}

}  // namespace kmirror::broker
