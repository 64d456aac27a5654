// Our record batches and message sets for RecordsGolden.java to read. Reads its lines from the file
// named on the command line; prints, for every batch in them and every way in which we write it
// again, a line {"name", "batch" (its place in the line), "way", "bytes" (hex)}.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/check.h"
#include "base/join.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/down_converter.h"
#include "protocol/records/legacy_message.h"
#include "protocol/records/open_batch.h"
#include "protocol/records/splitter.h"

namespace {

using namespace kmirror;
using namespace kmirror::protocol;
using compression::Codec;
using Json = nlohmann::json;

constexpr std::size_t kLimitBytes = 1 << 20;
constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4, Codec::kZstd};

// Prints what became of one batch or message.
class Printer {
 public:
  Printer(Json name, int batch) : line_{{"name", std::move(name)}, {"batch", batch}} {}

  void print(const std::string& way, ConstBytes bytes) {
    std::string hex;
    for (const std::uint8_t byte : bytes) fmt::format_to(std::back_inserter(hex), "{:02x}", byte);
    line_["way"] = way;
    line_["bytes"] = std::move(hex);
    std::cout << line_ << '\n';
  }

 private:
  Json line_;
};

Buffer from_hex(const std::string& text) {
  Buffer bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

void print_split(Splitter& splitter, Codec codec, Printer& printer) {
  for (const SplitBatch& split : splitter.finish()) {
    Buffer bytes = join(split.batch.pieces);
    printer.print(fmt::format("split {}", codec_name(codec)), bytes);
  }
}

void convert(const BatchView& batch, ConstBytes payload, const DownConversion& wanted,
             Printer& printer) {
  MessageSet set;
  if (const auto refused = convert_down(batch, payload, wanted, set)) {
    KM_CHECK(refused->what == std::string_view("timestamp is below -1"), "the only refusal");
    return;
  }
  const char* use = wanted.use == MessageSetUse::kFetch ? "fetch" : "produce";
  printer.print(fmt::format("{} {}", use, codec_name(wanted.codec)), set.bytes);
}

void rewrite(const BatchView& batch, Printer& printer) {
  if (batch.record_count() == 0 || batch.is_control()) return;
  Buffer scratch;
  const OpenedBatch opened = open_batch(batch, kLimitBytes, scratch);
  KM_CHECK(opened.error == OpenError::kNone, "Kafka's classes wrote it");
  for (const Codec codec : kCodecs) {
    Splitter splitter(1, codec, kLimitBytes);
    KM_CHECK(!splitter.add(batch, opened.payload, 0, nullptr), "Kafka's classes wrote it");
    print_split(splitter, codec, printer);
    if (codec == Codec::kZstd) continue;
    convert(batch, opened.payload, {.use = MessageSetUse::kFetch, .codec = codec}, printer);
    convert(batch, opened.payload, {.use = MessageSetUse::kProduce, .codec = codec}, printer);
  }
}

void rewrite(const LegacyMessageView& message, Printer& printer) {
  Buffer scratch;
  const OpenedBatch opened = open_message(message, kLimitBytes, scratch);
  KM_CHECK(opened.error == OpenError::kNone, "Kafka's classes wrote it");
  for (const Codec codec : kCodecs) {
    Splitter splitter(1, codec, kLimitBytes);
    if (const auto refused = splitter.add(message, opened.payload, 0)) {
      KM_CHECK(refused->what == std::string_view("last message within the wrapper is cut off"),
               "the only refusal");
      continue;
    }
    print_split(splitter, codec, printer);
  }
}

void rewrite_all(const std::string& text) {
  const Json line = Json::parse(text);
  const Buffer bytes = from_hex(line["bytes"]);
  BatchReader reader(bytes);
  for (int i = 0;; ++i) {
    const BatchReader::Step step = reader.next();
    Printer printer(line["name"], i);
    if (step == BatchReader::Step::kBatch) {
      rewrite(reader.batch(), printer);
    } else if (step == BatchReader::Step::kLegacy) {
      rewrite(LegacyMessageView(reader.bytes()), printer);
    } else {
      KM_CHECK(step != BatchReader::Step::kMalformed, "Kafka's classes wrote it");
      return;
    }
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
