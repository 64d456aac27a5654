#include "app/decode_command.h"

#include <fmt/format.h>

#include "app/console/console_flags.h"
#include "app/decode_io.h"
#include "app/hex.h"
#include "protocol/dump/message_dump.h"
#include "protocol/dump/records_dump.h"

namespace kmirror::app {

namespace {

using protocol::MessageRole;
using protocol::MessageType;

constexpr int kExitMalformed = 2;

constexpr const char* kDescription =
    "Prints what is in Kafka's bytes as JSON, one object a line.\n\n"
    "  kmirror decode --api Produce --version 9 request FILE   a request's body\n"
    "  kmirror decode --api Fetch --version 12 response FILE   a response's body\n"
    "  kmirror decode --frame request FILE                     whole requests\n"
    "  kmirror decode --segment FILE                           a broker's log segment\n\n"
    "FILE may be - for standard input. Of a body or of frames it may also be text: nothing but\n"
    "hex digits and spaces.";

constexpr const char* kFooter =
    "Messages are printed with the names of Kafka's schemas, records by their size, bytes in\n"
    "base64. Of a segment each batch is a line, with the names of Kafka's DumpLogSegments and "
    "null\n"
    "for what its format does not have.\n\n"
    "What is malformed is printed as far as it can be read, and standard error says at which byte\n"
    "it ends. A batch with a wrong checksum is passed over. Zero bytes at the end of a segment "
    "are\n"
    "padding.\n\n"
    "Exit codes: 0 all was read, 1 wrong flags, or a file that cannot be read, 2 malformed.";

struct DecodeFlags {
  std::string api;
  int version = -1;
  bool frame = false;
  bool segment = false;
  std::vector<std::string> words;  // [request|response] FILE
};

void add_flags(CLI::App& app, DecodeFlags& flags) {
  auto* segment = app.add_flag("--segment", flags.segment, "FILE is a log segment");
  auto* api = app.add_option("--api", flags.api, "the message's API, by name or key")
                  ->type_name("NAME")
                  ->excludes(segment);
  auto* version = app.add_option("--version", flags.version, "the message's version")
                      ->type_name("N")
                      ->check(CLI::NonNegativeNumber)
                      ->needs(api);
  api->needs(version);
  app.add_flag("--frame", flags.frame,
               "FILE has frames: length, header and body. Requests say their API and version "
               "themselves")
      ->excludes(segment);
  app.add_option("WHAT", flags.words, "request or response, if it is one, and FILE")
      ->type_name("[request|response] FILE")
      ->required();
  app.footer(kFooter);
}

Exit usage_error(std::string_view text) {
  print_error(fmt::format("{}\nRun with --help for more information.", text));
  return kExitError;
}

// What is checked beside what CLI11 checks.
Exit check_flags(const DecodeFlags& flags) {
  if (flags.segment) {
    if (flags.words.size() != 1) return usage_error("--segment takes one FILE");
    return std::nullopt;
  }
  const std::string& direction = flags.words.front();
  if (flags.words.size() != 2 || (direction != "request" && direction != "response")) {
    return usage_error("request or response and one FILE have to be named, or --segment FILE");
  }
  if (flags.frame && direction == "request") {
    if (!flags.api.empty()) return usage_error("--frame request takes no --api: frames name it");
  } else if (flags.api.empty()) {
    return usage_error("--api and --version are missing");
  }
  return std::nullopt;
}

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
  bool dump_messages(ConstBytes bytes);
  int end(bool is_sound) const;

  const DecodeFlags& flags_;
  const std::string& file_ = flags_.words.back();
  const std::string name_ = file_ == "-" ? "standard input" : file_;  // in sentences
  const MessageType* type_ = nullptr;
  InputFile input_;
  StandardOutput stdout_;
  const protocol::DumpOutput output_{
      .write = [this](std::string_view lines) { return stdout_.write(lines); },
      .report = [this](std::string_view text) { print_error(fmt::format("{}: {}", name_, text)); }};
};

Exit DecodeCommand::find_type() {
  const bool is_request = flags_.words.front() == "request";
  type_ = protocol::find_message(flags_.api,
                                 is_request ? MessageRole::kRequest : MessageRole::kResponse);
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
  input_.open(file_);
  if (flags_.segment) {
    return end(
        protocol::dump_records([this](MutableBytes room) { return input_.read(room); }, output_));
  }
  Buffer bytes = input_.read_all();
  if (!input_.error().empty()) return end(false);
  if (is_hex(bytes)) {
    auto decoded = from_hex(bytes);
    if (!decoded) {
      output_.report("one hex digit is left over");
      return kExitMalformed;
    }
    bytes = std::move(*decoded);
  }
  return end(dump_messages(bytes));
}

}  // namespace

int run_decode_command(int argc, char** argv) {
  DecodeFlags flags;
  CLI::App app(kDescription, "kmirror decode");
  add_flags(app, flags);
  if (const Exit exit = parse_flags(app, argc, argv)) return *exit;
  if (const Exit exit = check_flags(flags)) return *exit;
  return DecodeCommand(flags).run();
}

}  // namespace kmirror::app
