#include "mirror/testing/fake_pair.h"

namespace kmirror::mirror {

FakePair::FakePair(net::VirtualRuntime& runtime)
    : source(runtime, 2, 's'), destination(runtime, 2, 'd') {
  source.cluster_id = "one";
  destination.cluster_id = "two";
  config.source.client.bootstrap_servers = {{"s1", 9092}};
  config.destination.client.bootstrap_servers = {{"d1", 9092}};
  config.source.group_id = "g";
  config.topics = *TopicFilter::compile(".*");
  // Later versions name topics by ids alone, which these brokers do not look up.
  for (const std::int32_t id : {1, 2}) {
    source.broker(id).versions[protocol::FetchRequest::kApi.key].max = 12;
  }
  script_group();
  script_reading();
  script_topics();
  script_writing();
}

FakePair::~FakePair() = default;

void FakePair::add_topic(const std::string& name, std::int32_t partitions, std::int64_t first,
                         std::int64_t end) {
  lead(source, name, partitions);
  for (std::int32_t p = 0; p < partitions; ++p) logs[{name, p}] = {first, end, {}};
}

void FakePair::add_filled_topic(const std::string& name, std::int32_t partitions, int records) {
  add_topic(name, partitions, 0, records);
  for (std::int32_t p = 0; p < partitions; ++p) {
    logs[{name, p}].batches.push_back(source_batch(numbered_batch(0, records)));
  }
}

void FakePair::lead(net::FakeCluster& cluster, const std::string& name, std::int32_t partitions) {
  auto& leaders = cluster.topics[name];
  leaders.clear();
  for (std::int32_t p = 0; p < partitions; ++p) leaders.push_back(1 + p % 2);
}

void FakePair::script_group() {
  on<protocol::FindCoordinatorRequest>(source, [](const auto&, auto, auto& response) {
    response.coordinators.push_back({.key = "g", .node_id = 2});
  });
  on<protocol::OffsetFetchRequest>(source, [this](const auto& request, auto, auto& response) {
    auto& answer = response.groups.emplace_back();
    answer.group_id = "g";
    tell_positions(*request.groups.at(0).topics, answer.topics);
  });
  on<protocol::OffsetCommitRequest>(source, [this](const auto& request, auto, auto& response) {
    for (const auto& topic : request.topics) {
      auto& answer = response.topics.emplace_back();
      answer.name = topic.name;
      for (const auto& part : topic.partitions) {
        group[{std::string(topic.name), part.partition_index}] = {
            part.committed_offset, part.committed_leader_epoch,
            std::string(part.committed_metadata.value_or(""))};
        answer.partitions.push_back({.partition_index = part.partition_index});
      }
    }
  });
  on<protocol::DescribeGroupsRequest>(source, [this](const auto&, auto, auto& response) {
    response.groups.emplace_back().members.resize(members);
  });
}

void FakePair::script_reading() {
  on<protocol::ListOffsetsRequest>(source, [this](const auto& request, auto, auto& response) {
    for (const auto& topic : request.topics) {
      auto& answer = response.topics.emplace_back();
      answer.name = topic.name;
      for (const auto& wanted : topic.partitions) {
        const Log& log = logs[{std::string(topic.name), wanted.partition_index}];
        answer.partitions.push_back({.partition_index = wanted.partition_index,
                                     .offset = wanted.timestamp == -2 ? log.first : log.end});
      }
    }
  });
  on<protocol::FetchRequest>(source, [this](const auto& request, auto, auto& response) {
    bool found = false;
    for (const auto& topic : request.topics) {
      auto& answer = response.responses.emplace_back();
      answer.topic = topic.topic;
      for (const auto& wanted : topic.partitions) {
        const Log& log = logs[{std::string(topic.topic), wanted.partition}];
        auto& partition = answer.partitions.emplace_back();
        partition.partition_index = wanted.partition;
        partition.high_watermark = partition.last_stable_offset = log.end;
        partition.records = protocol::RecordsView(ConstBytes());
        for (const Buffer& batch : log.batches) {
          if (protocol::BatchView(ConstBytes(batch)).next_offset() <= wanted.fetch_offset) continue;
          partition.records = protocol::RecordsView(ConstBytes(batch));
          found = true;
          break;
        }
      }
    }
    const auto wait = std::chrono::milliseconds(found ? 1 : request.max_wait_ms);
    for (const std::int32_t id : {1, 2}) source.broker(id).delay = wait;
  });
}

void FakePair::describe(const protocol::DescribeConfigsRequest& request,
                        const std::map<std::string, Settings>& settings,
                        protocol::DescribeConfigsResponse& response) {
  for (const auto& resource : request.resources) {
    auto& answer = response.results.emplace_back();
    answer.resource_type = resource.resource_type;
    answer.resource_name = resource.resource_name;
    const auto found = settings.find(std::string(resource.resource_name));
    if (found == settings.end()) continue;
    for (const auto& [key, value] : found->second) {
      auto& config = answer.configs.emplace_back();
      config.name = key;
      config.value = value;
      config.config_source = 1;
    }
  }
}

void FakePair::script_topics() {
  on<protocol::DescribeConfigsRequest>(source, [this](const auto& request, auto, auto& response) {
    describe(request, source_settings, response);
    for (auto& result : response.results) {
      if (!undescribed.contains(std::string(result.resource_name))) continue;
      result.error_code = protocol::ErrorCode::kTopicAuthorizationFailed;
    }
  });
  on<protocol::DescribeConfigsRequest>(destination,
                                       [this](const auto& request, auto, auto& response) {
                                         describe(request, destination_settings, response);
                                       });
  on<protocol::CreateTopicsRequest>(destination, [this](const auto& request, auto, auto& response) {
    for (const auto& topic : request.topics) {
      const std::string name(topic.name);
      lead(destination, name, topic.num_partitions);
      for (const auto& [key, value, unknown] : topic.configs) {
        destination_settings[name][std::string(key)] = value.value_or("");
      }
      changes.push_back(fmt::format("create {} {}", name, topic.num_partitions));
      response.topics.emplace_back().name = topic.name;
    }
  });
  on<protocol::CreatePartitionsRequest>(
      destination, [this](const auto& request, auto, auto& response) {
        for (const auto& topic : request.topics) {
          lead(destination, std::string(topic.name), topic.count);
          changes.push_back(fmt::format("grow {} {}", topic.name, topic.count));
          response.results.emplace_back().name = topic.name;
        }
      });
}

void FakePair::script_writing() {
  on<protocol::InitProducerIdRequest>(
      destination, [](const auto&, auto, auto& response) { response.producer_id = 1000; });
  on<protocol::ProduceRequest>(destination, [this](const auto& request, auto, auto& response) {
    for (const auto& topic : request.topic_data) {
      auto& answer = response.responses.emplace_back();
      answer.name = topic.name;
      for (const auto& part : topic.partition_data) {
        OutgoingBatch stored;
        stored.records.append(part.records->bytes());
        if (on_produced) on_produced(protocol::BatchView(part.records->bytes()));
        for (const TestRecord& record : records_of(stored)) {
          copy[{std::string(topic.name), part.index}].push_back(record.value.value_or("(null)"));
        }
        answer.partition_responses.push_back({.index = part.index, .base_offset = -1});
      }
    }
  });
}

}  // namespace kmirror::mirror
