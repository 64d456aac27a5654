#include "app/decode_flags.h"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

namespace kmirror::app {

namespace {

constexpr const char* kDescription =
    R"(Prints what is in Kafka's bytes as JSON, one object a line.

  kmirror decode --api Produce --version 9 request FILE   a request's body
  kmirror decode --api Fetch --version 12 response FILE   a response's body
  kmirror decode --frame request FILE                     whole requests
  kmirror decode --records FILE                           batches or a message set
  kmirror decode --segment FILE [--records]               a broker's log segment

FILE may be - for standard input, and, unless it is a segment, text: nothing but hex digits, spaces
and colons, as Wireshark and xxd -p give.)";

constexpr const char* kFooter =
    R"(Messages are printed with the names of Kafka's schemas, bytes in base64, records by their
size.

Batches are printed with names after those of Kafka's DumpLogSegments, and null for what their
format does not have. A record's line is the one with an "offset". Keys, values and headers are
strings if they are UTF-8, else {"base64":"..."}. Control records have a "controlType" and a
"coordinatorEpoch".

What is malformed is printed as far as it can be read, and standard error says at which byte that
ends. Of a batch with a wrong checksum ("isValid":false) no records are printed, nor of a compressed
message of the old formats that is cut, since their offsets count back from the last one; what
follows is read. Batches above 1 MiB are read twice, so that from a pipe their records are not
printed. Zero bytes at the end are padding.

Exit codes: 0 all was read, 1 wrong flags, or a file that cannot be read, 2 malformed.)";

void add_flags(CLI::App& app, DecodeFlags& flags) {
  auto* segment = app.add_flag("--segment", flags.segment, "FILE is a log segment");
  auto* records = app.add_flag("--records", flags.records,
                               "print records; without --segment FILE is batches or messages");
  auto* api = app.add_option("--api", flags.api, "the message's API, by name or key")
                  ->type_name("NAME")
                  ->excludes(segment)
                  ->excludes(records);
  auto* version = app.add_option("--version", flags.version, "the message's version")
                      ->type_name("N")
                      ->check(CLI::NonNegativeNumber)
                      ->needs(api);
  api->needs(version);
  app.add_flag("--frame", flags.frame,
               "FILE has frames, length, header and body; requests name API and version themselves")
      ->excludes(segment)
      ->excludes(records);
  app.add_option("--max-record-bytes", flags.max_record_bytes,
                 "the largest record of a compressed batch; a larger one is told and passed over")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::PositiveNumber)
      ->needs(records);
  app.add_option("WHAT", flags.words, "what the message is, if it is one, and FILE")
      ->type_name("[request|response] FILE")
      ->required();
  app.footer(kFooter);
}

// What CLI11 does not check.
Exit check(const DecodeFlags& flags) {
  if (!flags.has_messages()) {
    if (flags.words.size() != 1) return usage_error("one FILE has to be named");
    return std::nullopt;
  }
  const std::string& what = flags.words.front();
  if (flags.words.size() != 2 || (what != "request" && what != "response")) {
    return usage_error(
        "request or response and one FILE have to be named, or --records FILE, or --segment FILE");
  }
  if (flags.frame && flags.is_request()) {
    if (!flags.api.empty()) return usage_error("--frame request takes no --api: frames name it");
  } else if (flags.api.empty()) {
    return usage_error("--api and --version are missing");
  }
  return std::nullopt;
}

}  // namespace

Exit usage_error(std::string_view text) {
  print_error(fmt::format("{}\nRun with --help for more information.", text));
  return kExitError;
}

Exit parse_decode_flags(int argc, char** argv, DecodeFlags& flags) {
  CLI::App app(kDescription, "kmirror decode");
  add_flags(app, flags);
  if (const Exit exit = parse_flags(app, argc, argv)) return exit;
  return check(flags);
}

}  // namespace kmirror::app
