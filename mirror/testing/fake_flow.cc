#include "mirror/testing/fake_flow.h"

#include <gtest/gtest.h>

namespace kmirror::mirror {

using protocol::BatchView;
using protocol::ErrorCode;

FakeFlow::FakeFlow(net::VirtualRuntime& runtime) : cluster(runtime) {
  config.source.client.bootstrap_servers = {{"b1", 9092}};
  config.destination.client.bootstrap_servers = {{"b1", 9092}};
  config.source.group_id = "g";
  script_reading();
  script_writing();
  script_progress();
}

FakeFlow::~FakeFlow() = default;

void FakeFlow::fill(std::int32_t partition, int batches, int records) {
  std::int64_t offset = 0;
  for (int i = 0; i < batches; ++i, offset += records) {
    source[partition].push_back(source_batch(numbered_batch(offset, records)));
  }
}

std::vector<std::string> FakeFlow::numbers(std::int64_t first, std::int64_t end) {
  std::vector<std::string> values;
  for (; first < end; ++first) values.push_back(std::to_string(first));
  return values;
}

void FakeFlow::answer_after(Duration delay) {
  cluster.broker(1).delay = std::max(delay, source_distance);
  cluster.broker(2).delay = delay;
}

namespace {

std::map<std::int32_t, protocol::FetchRequest::Partition> partitions_of(
    const protocol::FetchRequest& request) {
  std::map<std::int32_t, protocol::FetchRequest::Partition> partitions;
  for (const auto& topic : request.topics) {
    for (const auto& wanted : topic.partitions) partitions.emplace(wanted.partition, wanted);
  }
  return partitions;
}

}  // namespace

bool FakeFlow::in_session(const protocol::FetchRequest& request,
                          protocol::FetchResponse& response) {
  if (request.session_epoch == 0) {
    session.clear();
    session_epoch_ = 0;
  } else if (std::exchange(evicts_session, false)) {
    response.error_code = ErrorCode::kFetchSessionIdNotFound;
    return false;
  }
  EXPECT_EQ(request.session_epoch, session_epoch_++);
  for (auto& [index, wanted] : partitions_of(request)) session[index] = wanted;
  named += partitions_of(request).size();
  for (const auto& topic : request.forgotten_topics_data) {
    for (const std::int32_t index : topic.partitions) EXPECT_EQ(session.erase(index), 1u);
  }
  response.session_id = 7;
  return true;
}

void FakeFlow::script_reading() {
  on<protocol::FetchRequest>([this](const auto& request, auto, auto& response) {
    if (!request.topics.empty() && request.topics[0].topic == "copy") {
      return read_tails(request, response);
    }
    ++fetches;
    const bool in_a_session = keeps_sessions && request.session_epoch >= 0;
    if (in_a_session && !in_session(request, response)) return;
    std::int64_t found = 0;  // bytes
    auto& answer = response.responses.emplace_back();
    answer.topic = "orders";
    for (const auto& wanted : in_a_session ? session : partitions_of(request)) {
      const std::int64_t room = found == 0 ? kAnySize : request.max_bytes - found;
      auto partition = read(wanted.second, room);
      found += static_cast<std::int64_t>(partition.records->size());
      const bool is_news = !partition.records->empty() || partition.error_code != ErrorCode::kNone;
      if (is_news || !in_a_session) answer.partitions.push_back(std::move(partition));
    }
    const int wait_ms = found > 0 ? 1 : request.max_wait_ms;
    answer_after(std::chrono::milliseconds(wait_ms));
  });
  on<protocol::ListOffsetsRequest>([this](const auto& request, auto, auto& response) {
    for (const auto& topic : request.topics) {
      auto& answer = response.topics.emplace_back();
      answer.name = topic.name;
      for (const auto& wanted : topic.partitions) {
        const auto& batches = source[wanted.partition_index];
        const bool at_end = wanted.timestamp == -1 && !batches.empty();
        start_questions += topic.name == "copy" ? 1 : 0;
        const std::int64_t start = topic.name == "copy" ? copy_start : log_start;
        answer.partitions.push_back(
            {.partition_index = wanted.partition_index,
             .offset = at_end ? BatchView(ConstBytes(batches.back())).next_offset() : start});
      }
    }
  });
}

protocol::FetchResponse::Partition FakeFlow::read(const protocol::FetchRequest::Partition& wanted,
                                                  std::int64_t room) {
  protocol::FetchResponse::Partition answer{.partition_index = wanted.partition};
  Buffer& bytes = chunks_[wanted.partition];
  bytes.clear();
  if (fetch_error != ErrorCode::kNone) {
    answer.error_code = fetch_error;
  } else if (wanted.fetch_offset < log_start) {
    answer.error_code = ErrorCode::kOffsetOutOfRange;
  } else {
    bool full = false;
    for (const Buffer& batch : source[wanted.partition]) {
      const BatchView view{ConstBytes(batch)};
      answer.high_watermark = answer.last_stable_offset = view.next_offset();
      const std::size_t size = bytes.size() + batch.size();
      if (view.next_offset() <= wanted.fetch_offset) continue;
      const std::int64_t most = std::min<std::int64_t>(room, wanted.partition_max_bytes);
      const bool may_be_larger = bytes.empty() && room == kAnySize;
      if (full) continue;
      full = !may_be_larger && static_cast<std::int64_t>(size) > most;
      const std::int64_t part = full ? most - static_cast<std::int64_t>(bytes.size())
                                     : static_cast<std::int64_t>(batch.size());
      bytes.insert(bytes.end(), batch.begin(), batch.begin() + std::max<std::int64_t>(part, 0));
    }
  }
  answer.records = protocol::RecordsView(ConstBytes(bytes));
  return answer;
}

void FakeFlow::script_writing() {
  on<protocol::InitProducerIdRequest>(
      [](const auto&, auto, auto& response) { response.producer_id = 1000; });
  on<protocol::ProduceRequest>([this](const auto& request, auto, auto& response) {
    answer_after(produce_time);
    if (on_produce) on_produce();
    for (const auto& topic : request.topic_data) {
      auto& answer = response.responses.emplace_back();
      answer.name = topic.name;
      for (const auto& part : topic.partition_data) {
        const ErrorCode code = store(part.index, part.records->bytes());
        answer.partition_responses.push_back(
            {.index = part.index,
             .error_code = code,
             .base_offset = stored_at(part.index, part.records->bytes())});
      }
    }
  });
}

ErrorCode FakeFlow::store(std::int32_t partition, ConstBytes bytes) {
  const BatchView batch(bytes);
  if (!batch.is_crc_valid()) return ErrorCode::kCorruptMessage;
  if (refusal) {
    const ErrorCode refused = refusal(partition, batch);
    if (refused != ErrorCode::kNone) return refused;
  }
  IdempotentLog& producer = producers[partition];
  const std::size_t before = producer.appended();
  const ErrorCode code = producer.produce(IdempotentLog::stamp_of(batch));
  if (producer.appended() == before) return code;
  std::vector<Buffer>& batches = log[partition];
  const std::int64_t end =
      batches.empty() ? 0 : BatchView(ConstBytes(batches.back())).next_offset();
  batches.emplace_back(bytes.begin(), bytes.end());
  store_be(batches.back().data() + protocol::batch_field::kBaseOffset, end);
  OutgoingBatch stored;
  stored.records.append(bytes);
  for (const TestRecord& record : records_of(stored)) {
    copy[partition].push_back(record.value.value_or("(null)"));
  }
  return code;
}

// Where brokers tell that a batch is, also of a repetition.
std::int64_t FakeFlow::stored_at(std::int32_t partition, ConstBytes bytes) {
  const auto stamp = IdempotentLog::stamp_of(BatchView(bytes));
  for (const Buffer& stored : log[partition]) {
    const BatchView view{ConstBytes(stored)};
    const auto other = IdempotentLog::stamp_of(view);
    if (other.epoch == stamp.epoch && other.sequence == stamp.sequence) return view.base_offset();
  }
  return -1;
}

void FakeFlow::read_tails(const protocol::FetchRequest& request,
                          protocol::FetchResponse& response) {
  ++tail_fetches;
  const bool is_full = request.topics[0].partitions[0].partition == endless_tail;
  if (endless_tail >= 0) answer_after(std::chrono::milliseconds(10));
  auto& answer = response.responses.emplace_back();
  answer.topic = "copy";
  for (const auto& [index, wanted] : partitions_of(request)) {
    auto& partition = answer.partitions.emplace_back();
    partition.partition_index = index;
    Buffer& bytes = chunks_[index];
    bytes.clear();
    for (const Buffer& batch : log[index]) {
      const BatchView view{ConstBytes(batch)};
      partition.high_watermark = view.next_offset();
      if (is_full || view.next_offset() <= wanted.fetch_offset) continue;
      bytes.insert(bytes.end(), batch.begin(), batch.end());
    }
    if (index == endless_tail) {
      partition.high_watermark += 1'000'000;
      bytes.clear();
    }
    partition.error_code = tail_error;
    if (wanted.fetch_offset < copy_start || wanted.fetch_offset > partition.high_watermark) {
      partition.error_code = ErrorCode::kOffsetOutOfRange;
    }
    partition.records = protocol::RecordsView(ConstBytes(bytes));
  }
}

void FakeFlow::script_progress() {
  on<protocol::FindCoordinatorRequest>([](const auto&, auto, auto& response) {
    response.coordinators.push_back({.key = "g", .node_id = 2});
  });
  cluster.on<protocol::OffsetCommitRequest>([this](const auto& request, auto, auto& response) {
    answer_after(Duration());
    for (const auto& topic : request.topics) {
      auto& answer = response.topics.emplace_back();
      answer.name = topic.name;
      for (const auto& part : topic.partitions) {
        if (commit_error == ErrorCode::kNone) {
          committed[part.partition_index] = part.committed_offset;
        }
        answer.partitions.push_back(
            {.partition_index = part.partition_index, .error_code = commit_error});
      }
    }
    return answers_commits;
  });
}

}  // namespace kmirror::mirror
