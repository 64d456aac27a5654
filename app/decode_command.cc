#include "app/decode_command.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "app/decode_flags.h"
#include "app/decode_io.h"
#include "app/hex.h"
#include "protocol/dump/message_dump.h"
#include "protocol/dump/records_dump.h"

namespace kmirror::app {

namespace {

using protocol::MessageRole;
using protocol::MessageType;

constexpr int kExitMalformed = 2;
constexpr std::size_t kStartBytes = 4096;

// Why a message's type is not known.
std::string unknown_api(std::string_view api) {
  std::string text = fmt::format("--api: `{}` is not known, only", api);
  const char* separator = " ";
  for (const MessageType& type : protocol::message_types()) {
    if (type.role != MessageRole::kRequest) continue;
    text += fmt::format("{}{} ({})", separator, type.api.name, type.api.key);
    separator = ", ";
  }
  return text;
}

class DecodeCommand {
 public:
  explicit DecodeCommand(const DecodeFlags& flags) : flags_(flags) {}

  int run();

 private:
  Exit find_type();
  bool take_hex(Buffer& bytes);
  bool dump_messages(ConstBytes bytes);
  bool open_source(protocol::ByteSource& source);
  bool dump_records();
  int end(bool is_sound) const;

  const DecodeFlags& flags_;
  // In sentences.
  const std::string name_ = flags_.file() == "-" ? "standard input" : flags_.file();
  const MessageType* type_ = nullptr;
  InputFile input_;
  Buffer start_;     // what was read of batches to see whether it is text, or all of the text
  ConstBytes left_;  // of it
  StandardOutput stdout_;
  const protocol::DumpOutput output_{
      .write = [this](std::string_view lines) { return stdout_.write(lines); },
      .report = [this](std::string_view text) { print_error(fmt::format("{}: {}", name_, text)); }};
};

Exit DecodeCommand::find_type() {
  type_ = protocol::find_message(
      flags_.api, flags_.is_request() ? MessageRole::kRequest : MessageRole::kResponse);
  if (type_ == nullptr) return usage_error(unknown_api(flags_.api));
  const auto known = type_->api.known();
  if (flags_.version < known.min || flags_.version > known.max) {
    return usage_error(fmt::format("--version: {} has versions {} to {}, not {}", type_->api.name,
                                   known.min, known.max, flags_.version));
  }
  return std::nullopt;
}

bool DecodeCommand::dump_messages(ConstBytes bytes) {
  if (type_ == nullptr) return protocol::dump_request_frames(bytes, output_);
  const auto version = static_cast<std::int16_t>(flags_.version);
  return flags_.frame ? protocol::dump_response_frames(*type_, version, bytes, output_)
                      : protocol::dump_body(*type_, version, bytes, output_);
}

// Replaces text by the bytes that it stands for. False if that cannot be done.
bool DecodeCommand::take_hex(Buffer& bytes) {
  if (is_other_text(bytes)) {
    output_.report("this is text, but not of hex digits, spaces and colons alone (as of xxd -p)");
    return false;
  }
  if (!is_hex(bytes)) return true;
  auto decoded = from_hex(bytes);
  if (!decoded) {
    output_.report("one hex digit is left over");
    return false;
  }
  bytes = std::move(*decoded);
  return true;
}

// Where batches are read from, once their first bytes have told whether this is text, which is
// small enough to be held. False if it is text that nobody knows.
bool DecodeCommand::open_source(protocol::ByteSource& source) {
  bool is_text = false;
  if (!flags_.segment) {
    start_ = input_.read_all(kStartBytes);
    is_text = is_hex(start_);
    if (is_text) std::ranges::copy(input_.read_all(), std::back_inserter(start_));
    if (!take_hex(start_)) return false;
  }
  left_ = start_;
  source.read = [this](MutableBytes room) {
    if (left_.empty()) return input_.read(room);
    const std::size_t size = std::min(room.size(), left_.size());
    std::ranges::copy(left_.first(size), room.begin());
    left_ = left_.subspan(size);
    return size;
  };
  if (!is_text && !input_.can_seek()) return true;
  source.seek = [this, is_text](std::uint64_t position) {
    const std::uint64_t held = start_.size();
    left_ = ConstBytes(start_).subspan(std::min(position, held));
    if (!is_text) input_.seek(std::max(position, held));
  };
  return true;
}

bool DecodeCommand::dump_records() {
  protocol::ByteSource source;
  if (!open_source(source)) return false;
  return protocol::dump_records(
      source, output_, {.records = flags_.records, .max_record_bytes = flags_.max_record_bytes});
}

int DecodeCommand::end(bool is_sound) const {
  if (!input_.error().empty()) {
    print_error(fmt::format("{}: {}", name_, input_.error()));
    return kExitError;
  }
  if (!stdout_.error().empty()) {
    print_error(fmt::format("standard output: {}", stdout_.error()));
    return kExitError;
  }
  return is_sound ? kExitOk : kExitMalformed;
}

int DecodeCommand::run() {
  if (!flags_.api.empty()) {
    if (const Exit exit = find_type()) return *exit;
  }
  input_.open(flags_.file());
  if (!flags_.has_messages()) return end(dump_records());
  Buffer bytes = input_.read_all();
  if (!input_.error().empty()) return end(false);
  if (!take_hex(bytes)) return kExitMalformed;
  return end(dump_messages(bytes));
}

}  // namespace

int run_decode_command(int argc, char** argv) {
  DecodeFlags flags;
  if (const Exit exit = parse_decode_flags(argc, argv, flags)) return *exit;
  return DecodeCommand(flags).run();
}

}  // namespace kmirror::app
