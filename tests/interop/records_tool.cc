// Our record batches and message sets for RecordsGolden.java to read. Reads its lines from the file
// named on the command line; prints, for every batch in them and every way in which we write it
// again, a line {"name", "batch" (its place in the line), "way", "bytes" (hex)}.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/down_converter.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/splitter.h"

namespace {

using namespace kmirror;
using namespace kmirror::protocol;
using compression::Codec;
using Json = nlohmann::json;

constexpr std::size_t kLimitBytes = 1 << 20;
constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

// One batch on its way out.
struct Job {
  Json line;  // name and batch
  BatchView batch;
  ConstBytes payload;

  void print(const std::string& way, ConstBytes bytes) {
    line["way"] = way;
    line["bytes"] = "";
    auto& hex = line["bytes"].get_ref<std::string&>();
    for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
    std::cout << line << '\n';
  }
};

Buffer from_hex(const std::string& text) {
  Buffer bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

void split(Job& job, Codec codec) {
  Splitter splitter(1, codec, kLimitBytes);
  KM_CHECK(!splitter.add(job.batch, job.payload, 0, nullptr), "Kafka's classes wrote it");
  for (const SplitBatch& split : splitter.finish()) {
    Buffer bytes;
    for (const ConstBytes piece : split.batch.pieces) {
      bytes.insert(bytes.end(), piece.begin(), piece.end());
    }
    job.print(fmt::format("split {}", codec_name(codec)), bytes);
  }
}

void convert(Job& job, const DownConversion& wanted) {
  MessageSet set;
  if (convert_down(job.batch, job.payload, wanted, set)) return;  // a time before 1970
  const char* use = wanted.use == MessageSetUse::kFetch ? "fetch" : "produce";
  job.print(fmt::format("{} {}", use, codec_name(wanted.codec)), set.bytes);
}

void rewrite(Job& job) {
  for (const Codec codec : kCodecs) {
    split(job, codec);
    if (codec == Codec::kZstd) continue;
    convert(job, {.use = MessageSetUse::kFetch, .codec = codec});
    convert(job, {.use = MessageSetUse::kProduce, .codec = codec});
  }
}

void rewrite_all(const std::string& text) {
  const Json line = Json::parse(text);
  const Buffer bytes = from_hex(line["bytes"]);
  BatchReader reader(bytes);
  for (int i = 0;; ++i) {
    const BatchReader::Step step = reader.next();
    if (step != BatchReader::Step::kBatch && step != BatchReader::Step::kLegacy) return;
    if (step == BatchReader::Step::kLegacy || reader.batch().record_count() == 0) continue;
    Buffer scratch;
    const OpenedBatch opened = open_batch(reader.batch(), kLimitBytes, scratch);
    KM_CHECK(opened.error == OpenError::kNone, "Kafka's classes wrote it");
    Job job{{{"name", line["name"]}, {"batch", i}}, reader.batch(), opened.payload};
    if (!job.batch.is_control()) rewrite(job);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: records_tool LINES\n";
    return 2;
  }
  std::ifstream lines(argv[1]);
  for (std::string line; std::getline(lines, line);) rewrite_all(line);
}
