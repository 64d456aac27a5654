#include "mirror/producer_terms.h"

#include <fmt/core.h>

#include "protocol/messages/init_producer_id.h"
#include "protocol/messages/produce.h"

namespace kmirror::mirror {

using net::Awaitable;
using net::Failure;
using net::LogLevel;
using net::Result;
using protocol::ErrorCode;

// A coordinator that has just started answers COORDINATOR_LOAD_IN_PROGRESS for a while.
Awaitable<Result<ProducerTerms>> find_producer_terms(net::Cluster& destination,
                                                     const DestinationConfig& config,
                                                     TimePoint deadline) {
  net::Runtime& runtime = destination.runtime();
  Random random = runtime.random().split("producer id");
  ProducerTerms terms;
  net::BackOff back_off = destination.make_back_off();
  net::Wakeup pause(runtime);
  for (;;) {
    const auto connection = co_await destination.any();
    if (!connection) co_return connection.error();
    // Brokers of 0.11 remember only the last batch of a producer, so one may be under way
    // (KAFKA-5494); 1.0 came with Produce v5.
    const std::int16_t produce = connection.value()->version_for(protocol::ProduceRequest::kApi);
    if (produce < 3) {
      co_return Failure{.kind = net::FailureKind::kUnsupported,
                        .text = connection.value()->peer() +
                                ": is older than Kafka 0.11 and cannot store this record format; "
                                "kmirror cannot write to it yet"};
    }
    terms.zstd_allowed = produce >= 7;
    terms.in_flight_max = produce < 5 ? 1 : config.max_in_flight;
    if (!config.enable_idempotence) co_return terms;
    protocol::InitProducerIdRequest request;
    request.transactional_id = std::nullopt;
    const net::CallOptions options{.deadline = destination.call_deadline()};
    const auto reply = co_await connection.value()->call(request, options);
    if (!reply) co_return reply.error();
    const ErrorCode code = reply.value().message.error_code;
    if (code == ErrorCode::kNone) {
      terms.producer.id = reply.value().message.producer_id;
      co_return terms;
    }
    if (code == ErrorCode::kClusterAuthorizationFailed) {
      runtime.log(LogLevel::kWarning,
                  "the destination refuses idempotent producing (IDEMPOTENT_WRITE on the cluster "
                  "is not allowed): one request a partition is under way at a time, and a lost "
                  "answer may double records");
      co_return terms;
    }
    const TimePoint next = runtime.now() + back_off.next(random);
    if (!is_retriable(code) || next >= deadline) {
      co_return Failure{.kind = net::FailureKind::kBroker,
                        .text = fmt::format("{}: InitProducerId: {}", connection.value()->peer(),
                                            error_name(code)),
                        .code = code};
    }
    co_await pause.wait(next);
  }
}

}  // namespace kmirror::mirror
