#include "protocol/dump/records_dump.h"

#include <fmt/format.h>

#include <string>

#include "base/crc32.h"
#include "base/crc32c.h"
#include "protocol/dump/dump_lines.h"
#include "protocol/records/batch_reader.h"
#include "protocol/records/legacy_message.h"

namespace kmirror::protocol {

namespace {

// Lines are written when so many bytes of them have come together.
constexpr std::size_t kWriteBytes = 64 << 10;

class Dump {
 public:
  Dump(const ByteSource& source, const DumpOutput& output, const DumpOptions& options)
      : output_(output), options_(options), entries_(source) {}

  bool run();

 private:
  void dump_entry();
  bool check(ConstBytes first_piece);
  void dump_records_of_large();
  void dump_records_of(ConstBytes entry);
  void dump_records_of(const BatchView& batch);
  void dump_records_of(const LegacyMessageView& message);
  template <class Record>
  void dump_all(auto& records, const auto& entry, const auto& fail);
  void end(EntryReader::Step step);

  void write_lines();
  void write_lines_if_many();
  void report(std::uint64_t position, std::string_view what);
  void fail(std::uint64_t position, std::string_view what);
  void fail_within(std::size_t header, bool is_compressed, const Malformed& malformed);

  const DumpOutput& output_;
  const DumpOptions& options_;
  EntryReader entries_;
  std::string lines_;
  bool is_sound_ = true;
  bool is_closed_ = false;  // nobody reads the lines any more
};

void Dump::write_lines() {
  if (!lines_.empty() && !is_closed_) is_closed_ = !output_.write(lines_);
  lines_.clear();
}

void Dump::write_lines_if_many() {
  if (lines_.size() >= kWriteBytes) write_lines();
}

void Dump::report(std::uint64_t position, std::string_view what) {
  write_lines();
  output_.report(fmt::format("byte {}: {}", position, what));
}

void Dump::fail(std::uint64_t position, std::string_view what) {
  is_sound_ = false;
  report(position, what);
}

// Whether the entry, which begins with this piece, is whole and has the checksum that it says.
bool Dump::check(ConstBytes first_piece) {
  const bool is_batch = entries_.magic() == 2;
  const auto extend = is_batch ? crc32c_extend : crc32_extend;
  const std::size_t covered = is_batch ? batch_field::kAttributes : message_field::kMagic;
  const std::size_t stored = is_batch ? batch_field::kCrc : message_field::kCrc;
  std::uint32_t crc = extend(0, first_piece.subspan(covered));
  for (auto piece = entries_.next_piece(); !piece.empty(); piece = entries_.next_piece()) {
    crc = extend(crc, piece);
  }
  return entries_.is_complete() && crc == load_be<std::uint32_t>(entries_.header().data() + stored);
}

void Dump::dump_entry() {
  const bool is_held = options_.records && entries_.size() <= options_.max_unchecked_bytes;
  const ConstBytes entry = is_held ? entries_.first(entries_.size()) : entries_.next_piece();
  const bool is_valid = check(entry);
  append_line(EntryLine{.position = entries_.position(),
                        .size = entries_.size(),
                        .header = entries_.header(),
                        .is_valid = is_valid},
              lines_);
  write_lines_if_many();
  const bool is_batch = entries_.magic() == 2;
  const char* problem = is_batch ? problem_of_header(BatchView(entries_.header())) : nullptr;
  if (entries_.is_complete() && !is_valid) {
    fail(entries_.position(), "the checksum is wrong");
  } else if (problem != nullptr) {
    fail(entries_.position(), problem);
  } else if (is_held) {
    dump_records_of(entry);
  } else if (options_.records) {
    dump_records_of_large();
  }
}

// Of an entry that was checked, or is cut, and is not held: its length may be a lie as long as the
// checksum has not proved it.
void Dump::dump_records_of_large() {
  if (entries_.can_restart()) {
    const std::uint64_t limit =
        entries_.is_complete() ? entries_.size() : options_.max_unchecked_bytes;
    entries_.restart();
    dump_records_of(entries_.first(limit));
  } else if (entries_.is_complete()) {
    fail(entries_.position(),
         fmt::format("{} bytes are too large a batch for input that comes only once; its records "
                     "are printed where it is read from a file",
                     entries_.size()));
  }
}

void Dump::dump_records_of(ConstBytes entry) {
  if (entries_.magic() == 2) {
    dump_records_of(BatchView(entry));
  } else {
    dump_records_of(LegacyMessageView(entry));
  }
}

void Dump::dump_records_of(const BatchView& batch) {
  const bool is_compressed = batch.codec() != compression::Codec::kNone;
  RecordStream records(batch, options_.max_record_bytes);
  dump_all<RecordView>(records, batch,
                       [&] { fail_within(kBatchHeaderBytes, is_compressed, records.malformed()); });
}

void Dump::dump_records_of(const LegacyMessageView& message) {
  LegacyCursor records(message, options_.max_record_bytes);
  dump_all<LegacyRecord>(records, message,
                         [&] { fail_within(0, records.is_within(), records.malformed()); });
  if (records.is_truncated()) fail(entries_.position(), "the last message within is cut");
}

// A record that is too large is told and passed over.
template <class Record>
void Dump::dump_all(auto& records, const auto& entry, const auto& fail) {
  do {
    Record record;
    while (!is_closed_ && records.next(record)) {
      append_line(entry, record, lines_);
      write_lines_if_many();
    }
    if (!records.ok()) fail();
  } while (records.pass_large());
}

// What is malformed within an entry whose records begin behind `header` bytes.
void Dump::fail_within(std::size_t header, bool is_compressed, const Malformed& malformed) {
  if (!entries_.is_complete()) return;  // that it is cut is all there is to say
  std::string what = malformed.what;
  if (what == kRecordTooLarge)
    what += fmt::format(" (max-record-bytes={})", options_.max_record_bytes);
  if (is_compressed) {
    fail(entries_.position(),
         fmt::format("{}, at byte {} of the decompressed records", what, malformed.position));
  } else {
    fail(entries_.position() + header + malformed.position,
         fmt::format("{}, in the batch that begins at byte {}", what, entries_.position()));
  }
}

void Dump::end(EntryReader::Step step) {
  const std::uint64_t position = entries_.position();
  switch (step) {
    case EntryReader::Step::kEntry:
    case EntryReader::Step::kEnd:
      break;
    case EntryReader::Step::kPadding:
      report(position, fmt::format("the rest is padding, {} zero bytes", entries_.size()));
      break;
    case EntryReader::Step::kCut:
      fail(position,
           fmt::format("the batch is cut: the input ends at byte {}", position + entries_.size()));
      break;
    case EntryReader::Step::kMalformed:
      fail(position, entries_.what());
      break;
  }
  write_lines();
}

bool Dump::run() {
  auto step = entries_.next();
  for (; step == EntryReader::Step::kEntry && !is_closed_; step = entries_.next()) dump_entry();
  if (!is_closed_) end(step);
  return is_sound_;
}

}  // namespace

bool dump_records(const ByteSource& source, const DumpOutput& output, const DumpOptions& options) {
  return Dump(source, output, options).run();
}

}  // namespace kmirror::protocol
