// The least that a mirror does: fetches, patches headers and produces, with blocking calls, and
// prints one line of JSON with its own CPU time. One broker at each end that leads all partitions
// of a topic, each with records from offset 0 on; no retries, no sequences, no memory bound.
#include <arpa/inet.h>
#include <fmt/core.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "app/flags.h"
#include "base/bytes.h"
#include "bench/system_calls.h"
#include "net/host_port.h"
#include "protocol/framing.h"
#include "protocol/messages/fetch.h"
#include "protocol/messages/produce.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/header_patch.h"
#include "protocol/wire/archive.h"

namespace kmirror::bench {
namespace {

constexpr std::int16_t kFetchVersion = 11;
constexpr std::int16_t kProduceVersion = 8;
constexpr int kUnderWay = 5;

struct Work {
  std::string source;
  std::string destination;
  std::string topic;
  std::int64_t partitions = 1;
  std::int64_t records = 0;
  std::int64_t fetch_bytes = 1 << 20;
};

void check(const protocol::WireError& error) {
  if (error) throw std::runtime_error(error.to_string());
}

class Line {
 public:
  explicit Line(const std::string& broker) {
    const auto where = net::parse_host_port(broker);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (!where || inet_pton(AF_INET, where->host.c_str(), &address.sin_addr) != 1) {
      throw std::runtime_error(broker + " is not an IP address and a port");
    }
    address.sin_port = htons(where->port);
    socket_ = checked(::socket(AF_INET, SOCK_STREAM, 0), "socket");
    checked(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), "connect");
    const int on = 1;
    checked(::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), "TCP_NODELAY");
  }
  ~Line() { ::close(socket_); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  template <class Request>
  void send(const Request& request, std::int16_t version) {
    check(protocol::encode_request(request, version, ++id_, "bare", encoded_));
    vectors_.clear();
    for (const ConstBytes piece : encoded_.pieces()) {
      vectors_.push_back({const_cast<std::uint8_t*>(piece.data()), piece.size()});
    }
    for (std::size_t next = 0; next < vectors_.size();) {
      const int count = static_cast<int>(std::min<std::size_t>(vectors_.size() - next, IOV_MAX));
      auto wrote = static_cast<std::size_t>(
          checked(::writev(socket_, vectors_.data() + next, count), "writev"));
      for (; next < vectors_.size() && wrote >= vectors_[next].iov_len; ++next) {
        wrote -= vectors_[next].iov_len;
      }
      if (wrote > 0) {
        vectors_[next].iov_base = static_cast<std::uint8_t*>(vectors_[next].iov_base) + wrote;
        vectors_[next].iov_len -= wrote;
      }
    }
  }

  // The next answer, with views into `frame`.
  template <class Request>
  typename Request::Response receive(std::int16_t version, Buffer& frame) {
    std::uint8_t length[4];
    read(length);
    const auto size = static_cast<std::size_t>(load_be<std::int32_t>(length));
    if (frame.size() < size) frame.resize(size);
    const MutableBytes bytes(frame.data(), size);
    read(bytes);
    protocol::ResponseFrame parts;
    check(protocol::decode_response_header(bytes, Request::kApi, version, parts));
    typename Request::Response response;
    check(protocol::decode(parts.body, version, response));
    return response;
  }

 private:
  void read(MutableBytes into) {
    const ssize_t got = checked(::recv(socket_, into.data(), into.size(), MSG_WAITALL), "recv");
    if (got < static_cast<ssize_t>(into.size())) throw std::runtime_error("a broker hung up");
  }

  int socket_ = -1;
  std::int32_t id_ = 0;
  protocol::GatherBuffer encoded_;
  std::vector<iovec> vectors_;
};

class Bare {
 public:
  explicit Bare(const Work& work)
      : work_(work),
        source_(work.source),
        destination_(work.destination),
        positions_(static_cast<std::size_t>(work.partitions)),
        batches_(positions_.size()) {}

  void run() {
    Buffer frames[2];  // One is filled while what is in the other is sent.
    ask();
    for (std::size_t turn = 0; done_ < work_.records; ++turn) {
      const auto answer = source_.receive<protocol::FetchRequest>(kFetchVersion, frames[turn % 2]);
      take(answer);
      if (done_ < work_.records) ask();
      produce();
    }
    while (under_way_ > 0) acknowledged();
  }

 private:
  void ask() {
    protocol::FetchRequest request;
    request.max_wait_ms = 500;
    request.min_bytes = 1;
    request.max_bytes = static_cast<std::int32_t>(work_.fetch_bytes);
    auto& topic = request.topics.emplace_back();
    topic.topic = work_.topic;
    for (std::size_t p = 0; p < positions_.size(); ++p) {
      topic.partitions.push_back(
          {.partition = static_cast<std::int32_t>(p),
           .fetch_offset = positions_[p],
           .partition_max_bytes = static_cast<std::int32_t>(work_.fetch_bytes / work_.partitions)});
    }
    source_.send(request, kFetchVersion);
  }

  void take(const protocol::FetchResponse& answer) {
    for (const auto& partition : answer.responses.at(0).partitions) {
      const auto p = static_cast<std::size_t>(partition.partition_index);
      if (partition.error_code != protocol::ErrorCode::kNone) {
        throw std::runtime_error(std::string(error_name(partition.error_code)));
      }
      if (!partition.records) continue;
      protocol::BatchReader reader(partition.records->bytes());
      while (reader.next() == protocol::BatchReader::Step::kBatch) {
        const ConstBytes bytes = reader.bytes();
        positions_.at(p) = reader.batch().next_offset();
        done_ += reader.batch().record_count();
        const MutableBytes batch(const_cast<std::uint8_t*>(bytes.data()), bytes.size());
        protocol::patch_for_produce(batch, {});
        batches_[p].push_back(batch);
      }
    }
  }

  // Brokers take one batch a partition at a time.
  void produce() {
    for (std::size_t next = 0;; ++next) {
      protocol::ProduceRequest request;
      request.acks = -1;
      request.timeout_ms = 30'000;
      auto& topic = request.topic_data.emplace_back();
      topic.name = work_.topic;
      for (std::size_t p = 0; p < batches_.size(); ++p) {
        if (next >= batches_[p].size()) continue;
        topic.partition_data.push_back({.index = static_cast<std::int32_t>(p),
                                        .records = protocol::RecordsView(batches_[p][next])});
      }
      if (topic.partition_data.empty()) break;
      if (under_way_ == kUnderWay) acknowledged();
      destination_.send(request, kProduceVersion);
      ++under_way_;
    }
    for (auto& batches : batches_) batches.clear();
  }

  void acknowledged() {
    const auto answer =
        destination_.receive<protocol::ProduceRequest>(kProduceVersion, acknowledgement_);
    for (const auto& partition : answer.responses.at(0).partition_responses) {
      if (partition.error_code != protocol::ErrorCode::kNone) {
        throw std::runtime_error(std::string(error_name(partition.error_code)));
      }
    }
    --under_way_;
  }

  const Work& work_;
  Line source_;
  Line destination_;
  std::vector<std::int64_t> positions_;
  std::vector<std::vector<ConstBytes>> batches_;
  Buffer acknowledgement_;
  std::int64_t done_ = 0;
  int under_way_ = 0;
};

void run(const Work& work) {
  const auto start = std::chrono::steady_clock::now();
  Bare(work).run();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  const CpuTime cpu = own_cpu_time();
  fmt::print(R"({{"records":{},"cpu_s":{:.3f},"user_s":{:.3f},"system_s":{:.3f},"wall_s":{:.3f}}})"
             "\n",
             work.records, cpu.user + cpu.system, cpu.user, cpu.system, wall.count());
}

}  // namespace
}  // namespace kmirror::bench

int main(int argc, char** argv) {
  using namespace kmirror;
  bench::Work work;
  app::Flags flags("The CPU time of a mirror without any comfort.", "bare");
  flags.add("--source", work.source, "its one broker, ADDRESS:PORT").required();
  flags.add("--destination", work.destination, "its one broker, ADDRESS:PORT").required();
  flags.add("--topic", work.topic, "there at both ends").required();
  flags.add("--partitions", work.partitions, "that it has").at_least(1).shows_default();
  flags.add("--records", work.records, "how many there are").at_least(1).required();
  flags.add("--fetch-bytes", work.fetch_bytes, "asked for at a time").at_least(1).shows_default();
  if (const app::Exit exit = flags.parse(argc, argv)) return *exit;
  try {
    bench::run(work);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bare: {}\n", error.what());
    return 1;
  }
}
