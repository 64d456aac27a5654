#include "sim/observer.h"

#include "protocol/messages/create_partitions.h"
#include "protocol/messages/create_topics.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/list_offsets.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_view.h"

namespace kmirror::sim {

using broker::CallContext;
using broker::HookAction;
using protocol::ErrorCode;

namespace {

void observe_answer(const protocol::ProduceResponse& response, Probes& probes) {
  for (const auto& topic : response.responses) {
    for (const auto& part : topic.partition_responses) {
      switch (part.error_code) {
        case ErrorCode::kNone:
          // Brokers tell a time with a repetition alone, where topics have CreateTime.
          if (part.log_append_time_ms >= 0) probes.reach("duplicate batch");
          break;
        case ErrorCode::kOutOfOrderSequenceNumber:
          probes.reach("batch out of order");
          break;
        default:
          break;
      }
    }
  }
}

void observe_request(const CallContext& call, const protocol::ProduceRequest& request,
                     Probes& probes) {
  for (const auto& topic : request.topic_data) {
    for (const auto& part : topic.partition_data) {
      if (!part.records || part.records->size() < protocol::kBatchHeaderBytes) continue;
      const protocol::BatchView batch(part.records->bytes());
      if (batch.producer_epoch() > 0 && batch.base_sequence() == 0) {
        probes.reach("new producer epoch");
      }
      const std::string name(topic.name);
      const auto partition = call.cluster.find_partition(name, part.index);
      if (partition && partition->leader() != call.node.id()) probes.reach("not leader");
    }
  }
}

bool is_behind(const broker::Cluster& cluster) {
  for (const auto& [name, topic] : cluster.topics()) {
    for (const auto& partition : topic->partitions) {
      if (partition->high_watermark() < partition->log.end_offset()) return true;
    }
  }
  return false;
}

}  // namespace

void observe_source(broker::Cluster& source, broker::Cluster& destination, Checker& checker,
                    Probes& probes) {
  source.on_answered = [&probes](const CallContext&, std::int16_t api_key, const void* request,
                                 const void* response) {
    if (api_key != protocol::FetchRequest::kApi.key) return;
    constexpr std::int32_t kNoSession = -1;
    const auto& asked = *static_cast<const protocol::FetchRequest*>(request);
    if (asked.session_epoch != kNoSession) return;
    for (const auto& topic : static_cast<const protocol::FetchResponse*>(response)->responses) {
      for (const auto& part : topic.partitions) {
        if (part.records && !part.records->empty()) probes.reach("range read");
      }
    }
  };
  source.on<protocol::OffsetCommitRequest>([&](CallContext&,
                                               const protocol::OffsetCommitRequest& request,
                                               protocol::OffsetCommitResponse&) {
    checker.on_commit(request);
    if (is_behind(destination)) probes.reach("high watermark behind");
    return HookAction::kPass;
  });
}

void observe_destination(broker::Cluster& destination, Checker& checker, Probes& probes) {
  destination.on_answered = [&checker, &probes](const CallContext& call, std::int16_t api_key,
                                                const void* request, const void* response) {
    if (api_key == protocol::ProduceRequest::kApi.key) {
      if (call.throttle_time_ms > 0) probes.reach("throttled");
      observe_request(call, *static_cast<const protocol::ProduceRequest*>(request), probes);
      observe_answer(*static_cast<const protocol::ProduceResponse*>(response), probes);
    } else if (api_key == protocol::FetchRequest::kApi.key) {
      probes.reach("end of a log read");
    } else if (api_key == protocol::ListOffsetsRequest::kApi.key) {
      probes.reach("start of a log asked for");
    } else if (api_key == protocol::InitProducerIdRequest::kApi.key) {
      const auto& answer = *static_cast<const protocol::InitProducerIdResponse*>(response);
      if (answer.error_code == ErrorCode::kNone) checker.on_producer_id(answer.producer_id);
    } else if (api_key == protocol::CreateTopicsRequest::kApi.key) {
      const auto& answer = *static_cast<const protocol::CreateTopicsResponse*>(response);
      for (const auto& topic : answer.topics) {
        if (topic.error_code == ErrorCode::kNone) probes.reach("topic created");
      }
    } else if (api_key == protocol::CreatePartitionsRequest::kApi.key) {
      const auto& answer = *static_cast<const protocol::CreatePartitionsResponse*>(response);
      for (const auto& topic : answer.results) {
        if (topic.error_code == ErrorCode::kNone) probes.reach("topic grown");
      }
    }
  };
}

}  // namespace kmirror::sim
