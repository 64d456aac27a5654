#include "app/decode_flags.h"

#include <fmt/format.h>

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

void add_flags(Flags& flags, DecodeFlags& given) {
  Flag segment = flags.add_switch("--segment", given.segment, "FILE is a log segment");
  Flag records = flags.add_switch("--records", given.records,
                                  "print records; without --segment FILE is batches or messages");
  Flag api = flags.add("--api", given.api, "the message's API, by name or key")
                 .type_name("NAME")
                 .excludes(segment)
                 .excludes(records);
  Flag version = flags.add("--version", given.version, "the message's version")
                     .type_name("N")
                     .at_least(0)
                     .needs(api);
  api.needs(version);
  flags
      .add_switch(
          "--frame", given.frame,
          "FILE has frames, length, header and body; requests name API and version themselves")
      .excludes(segment)
      .excludes(records);
  flags
      .add("--max-record-bytes", given.max_record_bytes,
           "the largest record of a compressed batch; a larger one is told and passed over")
      .type_name("N")
      .shows_default()
      .at_least(1)
      .needs(records);
  flags.add("WHAT", given.words, "what the message is, if it is one, and FILE")
      .type_name("[request|response] FILE")
      .required();
  flags.footer(kFooter);
}

// What else there is to check.
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

Exit parse_decode_flags(int argc, char** argv, DecodeFlags& given) {
  Flags flags(kDescription, "kmirror decode");
  add_flags(flags, given);
  if (const Exit exit = flags.parse(argc, argv)) return exit;
  return check(given);
}

}  // namespace kmirror::app
