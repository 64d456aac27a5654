// Record batches and message sets that Kafka's classes wrote (RecordsGolden.java), and ours read
// into the same form. Functions and values; for tests of one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace kmirror::golden {

struct GoldenRecords {
  std::string name;  // "format 2, gzip, many"
  Buffer bytes;
  std::size_t valid_bytes = 0;     // what the whole batches take; the rest is the beginning of one
  nlohmann::json batches;          // what Kafka's classes read in `bytes`
  std::optional<Buffer> format_1;  // what their downConvert makes of it, where it can
};

// Of all clients; what they write alike is there once.
const std::vector<GoldenRecords>& golden_records();

// The whole batches and messages of `records`, and what kind one of them is.
std::vector<ConstBytes> whole_entries(ConstBytes records);
bool is_batch(ConstBytes entry);

struct GoldenEntry {
  std::string name;
  Buffer bytes;
};

// The batches of format 2 in all golden records, and the messages of the older formats; each
// different bytes once.
std::vector<GoldenEntry> golden_batches();
std::vector<GoldenEntry> golden_messages();

// A record that owns its bytes.
struct OwnedRecord {
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = 0;
  std::optional<Buffer> key;
  std::optional<Buffer> value;
  std::vector<std::pair<Buffer, std::optional<Buffer>>> headers;

  bool operator==(const OwnedRecord&) const = default;
};

// The records of a batch or a message whose bytes are right, read whole and in pieces. A record's
// timestamp is the one that consumers see. The test fails where anything is amiss.
std::vector<OwnedRecord> read_records(ConstBytes entry);

// In the form of GoldenRecords::batches.
nlohmann::json describe(ConstBytes entry);

}  // namespace kmirror::golden
